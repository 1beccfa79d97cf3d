import { concatBytes } from '@noble/hashes/utils.js';
import { timestampFromSeconds, timestampMs, normalizeTimestamp } from '../core/index.js';
import type { Evidence, SignedAnswer } from '../core/index.js';
import { check } from './faults.js';
import type { IdentityTable } from './identity-table.js';
import type { Signer } from './identity.js';
import type { Trust } from './trust.js';
import { isSigned } from './wire/signature.js';

/**
 * That every endorsement of an answer verifies, each by another organization, with certificates that were valid at the
 * answer's own time, which must lie in the user's bracket.
 * @returns who signed, in the file's order.
 */
export function checkEndorsements(
  signed: SignedAnswer,
  identities: IdentityTable,
  { seconds, trust, at }: { seconds: number; trust: Trust; at: string },
): Signer[] {
  checkBracket(seconds, trust, `${at}/channel_header`);
  const endorsers: Signer[] = [];
  signed.endorsements.forEach(({ identity, signature }, index) => {
    const here = `${at}/endorsements/${index}`;
    const isBehind = identity > (signed.endorsements[index - 1]?.identity ?? -1);
    check(isBehind, 'OUT_OF_ORDER', `${here}/identity`, 'endorsements ascend by identity');
    const signer = identities.signerAt(identity, `${here}/identity`);
    const isNew = endorsers.every(({ mspId }) => mspId !== signer.mspId);
    check(isNew, 'DUPLICATE_ORGANIZATION', here, `${signer.mspId} has signed this answer already`);
    checkValidity(signer, seconds * 1000, `/identities/${identity}`);
    const message = concatBytes(signed.response_payload, signer.bytes);
    const isItsOwn = isSigned(message, signature, signer.certificate.publicKey, { requireLowS: true });
    check(isItsOwn, 'SIGNATURE_INVALID', `${here}/signature`, `it is not a signature of ${signer.commonName}`);
    endorsers.push(signer);
  });
  return endorsers;
}

/** That the checkpoints stand in the order of the identities that signed them. */
export function checkOrder(checkpoints: Evidence['checkpoints']): void {
  const places = checkpoints.flatMap(({ signed }) => signed.endorsements.map(({ identity }) => identity));
  const isAscending = places.every((place, index) => place > (places[index - 1] ?? -1));
  check(isAscending, 'OUT_OF_ORDER', '/checkpoints', 'checkpoints ascend by the identities that signed them');
}

/** That the same organizations signed, once each. */
export function checkSigners(expected: readonly Signer[], actual: readonly Signer[], at: string): void {
  const names = (signers: readonly Signer[]) => signers.map(({ mspId }) => mspId).sort();
  const isSame = JSON.stringify(names(expected)) === JSON.stringify(names(actual));
  check(isSame, 'SIGNERS_DIFFER', at, `${names(actual).join(', ')} in place of ${names(expected).join(', ')}`);
}

/** The user's rule: how many of the organizations whose authorities the user has, and which of them. */
export function checkRule(signers: readonly Signer[], { rule }: Trust, at: string): string[] {
  const trusted = signers.filter(({ issuer }) => issuer).map(({ mspId }) => mspId);
  check(trusted.length > 0, 'UNTRUSTED_ORGANIZATIONS', '/identities', 'no signer is of an organization you trust');
  const missing = rule.required.find((mspId) => !trusted.includes(mspId));
  check(missing === undefined, 'RULE_NOT_MET', at, `${missing} has not signed`);
  check(
    trusted.length >= rule.at_least,
    'RULE_NOT_MET',
    at,
    `${trusted.length} have signed, and you ask for ${rule.at_least}`,
  );
  return trusted;
}

function checkBracket(seconds: number, { bracket }: Trust, at: string): void {
  const time = seconds * 1000;
  const isWithin = msOf(bracket.not_before, -Infinity) <= time && time <= msOf(bracket.not_after, Infinity);
  check(isWithin, 'OUTSIDE_BRACKET', at, `it is from ${timestampFromSeconds(seconds, 0)}`);
}

function msOf(timestamp: string | undefined, otherwise: number): number {
  const sortable = timestamp === undefined ? undefined : normalizeTimestamp(timestamp);
  return sortable === undefined ? otherwise : timestampMs(sortable);
}

function checkValidity({ certificate, issuer, mspId }: Signer, time: number, at: string): void {
  const all = issuer ? [certificate, issuer] : [certificate];
  const isValid = all.every(({ notBefore, notAfter }) => notBefore <= time && time <= notAfter);
  check(isValid, 'CERTIFICATE_NOT_VALID_THEN', at, `the certificate of ${mspId} was not valid at the answer's time`);
}
