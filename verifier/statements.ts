import { COMMITTED_FIELDS } from '../core/index.js';
import type { AgentKeyPlace } from './check-agent-key.js';
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

export function statementsOf(findings: Findings, trust: Trust): Statement[] {
  return [
    ...proven(findings),
    ...provenByBlock(findings),
    ...attested(findings),
    ...claimed(findings),
    ...notChecked(findings, trust),
  ];
}

/** What only the full form shows: who wrote the event, by their own signatures. */
function provenByBlock({ block, evidence }: Findings): Statement[] {
  if (!block || !evidence.block) return [];
  const { number, headers, discloses } = evidence.block;
  const { mspId, commonName, issuer } = block.creator;
  const certified = issuer ? `, certified under the authorities of ${mspId},` : '';
  const endorsers = block.endorsers.filter((signer) => signer.issuer).map((signer) => signer.mspId);
  return [
    `The key of ${commonName}${certified} signed the transaction that wrote this very event.`,
    `Keys certified as peers of ${list([...new Set(endorsers)].sort()) || 'nobody you trust'} endorsed this very write.`,
    `The transaction is in block ${number}, and ${headers.length} headers lead from it to the checkpoint.`,
    ...(block.orderers ? [`Of the orderers that you trust, ${list(block.orderers)} signed the block.`] : []),
    `The file also discloses ${discloses.transactions} other transactions and ${discloses.events} other events.`,
  ].map((sentence) => say('proven', [], sentence));
}

function proven({ evidence, agentKey, trusted, isChallengeKnown }: Findings): Statement[] {
  const { answer, openings } = evidence.event;
  const opened = COMMITTED_FIELDS.filter((field) => openings?.[field]);
  return [
    say('proven', [], `The event's core is the one whose hash is ${answer.event.hash}.`),
    ...(agentKey
      ? [say('proven', [], `The key ${nameOf(agentKey)} signed the event, and its place in the session.`)]
      : []),
    ...(opened.length > 0
      ? [say('proven', [], `The values of ${opened.join(', ')} are those that the event committed to.`)]
      : []),
    say('proven', [], `Keys certified as peers of ${list(trusted)} signed these very answers, and they only read.`),
    ...(isChallengeKnown ? [say('proven', [], 'The answers were made after the challenge was.')] : []),
  ];
}

function attested({ evidence, record, agentKey, trusted, chaincodeVersion }: Findings): Statement[] {
  const { event, entries, entries_complete: isComplete } = evidence.event.answer;
  const by = [...trusted];
  const kinds = entries.map(({ kind, recorded_by }) => `${kind} by ${recorded_by.msp_id}`);
  const history = kinds.length === 0 ? 'nothing' : list(kinds);
  return [
    say(
      'attested',
      by,
      `The event stands on the ledger, in a record that transaction ${record.transaction} of block ${record.block} ` +
        `wrote; only a valid transaction writes (contract ${chaincodeVersion || 'of unknown version'}).`,
    ),
    say('attested', by, `It was recorded by ${event.recorded_by.msp_id} in transaction ${event.tx_id}.`),
    ...(agentKey ? [say('attested', by, keyHistory(agentKey))] : []),
    say('attested', by, `Of the event was said: ${history}${isComplete ? '' : ', and more'}.`),
    ...evidence.checkpoints.map(({ answer }) =>
      say('attested', by, `The ledger had ${answer.height} blocks, the last with the hash ${answer.block_hash}.`),
    ),
  ];
}

/** The agent's key by its id, and by what it is. */
function nameOf({ key }: AgentKeyPlace): string {
  return `${key.key_id} (${key.public_key.crv})`;
}

function keyHistory({ key, registered, revoked }: AgentKeyPlace): string {
  const { agent_id: agent, owner, authorization } = key;
  const sponsor = authorization ? `its key ${authorization.key_id}` : `${owner} alone, as it had no other`;
  const end = revoked ? `revoked in block ${revoked.block}, after the event was recorded` : 'not revoked since';
  return (
    `The key ${key.key_id} was registered for ${agent} of ${owner} in transaction ${registered.transaction} of block ` +
    `${registered.block} on the word of ${sponsor}; it was ${end}.`
  );
}

function claimed({ evidence }: Findings): Statement[] {
  const { event } = evidence.event.answer;
  const owner = event.core.owner;
  const author = event.submitted_by === undefined ? owner : `${owner} (${event.submitted_by})`;
  return [
    say('claimed', [author], `What the event says, and that it happened at ${event.core.timestamp}.`),
    say('claimed', [owner], `That it was recorded at ${event.recorded_at}: its endorsers hold that to 15 minutes.`),
  ];
}

function notChecked({ evidence, endorsers, block, isChallengeKnown }: Findings, { bracket }: Trust): Statement[] {
  const { event } = evidence.event.answer;
  const closed = COMMITTED_FIELDS.filter((field) => event.core.commitments[field] && !evidence.event.openings?.[field]);
  const strangers = endorsers.filter(({ issuer }) => !issuer).map(({ mspId }) => mspId);
  const isBracketed = bracket.not_before !== undefined || bracket.not_after !== undefined;
  return [
    ...(closed.length > 0 ? [`The values of ${closed.join(', ')}: the file does not have them.`] : []),
    ...(strangers.length > 0 ? [`The certificates of ${list(strangers)}: you have no authority of theirs.`] : []),
    ...(isChallengeKnown ? [] : ['That the answers are fresh: you gave no challenge that you asked with.']),
    ...(isBracketed ? [] : ['When the answers were given, but by the clocks of those who signed: you set no bracket.']),
    ...(event.signature
      ? []
      : [`Whether ${event.core.agent_id} made the event: only its gateway says so, it is not signed.`]),
    'Whether a certificate was revoked, and whether each organization alone holds its keys.',
    ...notInForm(block),
  ].map((sentence) => say('not_checked', [], sentence));
}

function notInForm(block: Findings['block']): string[] {
  if (!block) return ["The other events of the session, and the block's own bytes: a receipt does not have them."];
  return [
    'The other events of the session.',
    ...(block.orderers ? [] : ['The signatures of the orderers: you named none that you trust.']),
  ];
}

function say(kind: Statement['kind'], by: string[], sentence: string): Statement {
  return { kind, by, sentence };
}

function list(names: readonly string[]): string {
  return names.join(', ');
}
