import type { Findings } from './report.js';
import type { Trust } from './trust.js';

/**
 * What can be said of the evidence, and on whose word: `proven` by arithmetic alone, `attested` by organizations that
 * signed, `claimed` by whoever wrote it, or `not_checked`.
 */
export interface Statement {
  kind: 'proven' | 'attested' | 'claimed' | 'not_checked';
  /** Who says so, where somebody has to be believed. */
  by: string[];
  sentence: string;
}

const KINDS: readonly Statement['kind'][] = ['proven', 'attested', 'claimed', 'not_checked'];

/** With what is said of every form. */
export function withCommon(statements: readonly Statement[], findings: Findings, trust: Trust): Statement[] {
  const all = [...statements, ...proven(findings), ...attested(findings), ...notChecked(findings, trust)];
  return all.sort((one, other) => KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind));
}

export function say(kind: Statement['kind'], by: readonly string[], sentence: string): Statement {
  return { kind, by: [...by], sentence };
}

/** Where it matters what was not there yet: nothing ties the two answers to one moment but the signers' clocks. */
export function heightApart(): Statement {
  return say(
    'not_checked',
    [],
    'Whether the ledger was as high already when they answered: they were asked for it apart.',
  );
}

export function list(names: readonly string[]): string {
  return names.join(', ');
}

function proven({ trusted, isChallengeKnown }: Findings): Statement[] {
  return [
    say('proven', [], `Keys certified as peers of ${list(trusted)} signed these very answers, and they only read.`),
    ...(isChallengeKnown ? [say('proven', [], 'The answers were made after the challenge was.')] : []),
  ];
}

function attested({ evidence, trusted }: Findings): Statement[] {
  return evidence.checkpoints.map(({ answer }) =>
    say('attested', trusted, `The ledger had ${answer.height} blocks, the last with the hash ${answer.block_hash}.`),
  );
}

function notChecked({ endorsers, isChallengeKnown }: Findings, { bracket }: Trust): Statement[] {
  const strangers = endorsers.filter(({ issuer }) => !issuer).map(({ mspId }) => mspId);
  const isBracketed = bracket.not_before !== undefined || bracket.not_after !== undefined;
  return [
    ...(strangers.length > 0 ? [`The certificates of ${list(strangers)}: you have no authority of theirs.`] : []),
    ...(isChallengeKnown ? [] : ['That the answers are fresh: you gave no challenge that you asked with.']),
    ...(isBracketed ? [] : ['When the answers were given, but by the clocks of those who signed: you set no bracket.']),
    'Whether a certificate was revoked, and whether each organization alone holds its keys.',
  ].map((sentence) => say('not_checked', [], sentence));
}
