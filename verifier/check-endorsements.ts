import { concatBytes } from '@noble/hashes/utils.js';
import { timestampFromSeconds, timestampMs, normalizeTimestamp } from '../core/index.js';
import type { Evidence, SignedAnswer } from '../core/index.js';
import { check } from './faults.js';
import { readSigner } from './identity.js';
import type { Signer } from './identity.js';
import type { Trust } from './trust.js';
import { isSigned } from './wire/signature.js';

/** The file's table of identities, read: each once, in the order of their base64. */
export function readSigners({ identities }: Evidence, trust: Trust): Signer[] {
  const signers = identities.map((bytes, index) => readSigner(bytes, trust, `/identities/${index}`));
  signers.forEach(({ bytes }, index) => {
    const previous = signers[index - 1]?.bytes;
    const isBehind = previous === undefined || compareBytes(previous, bytes) < 0;
    check(isBehind, 'DUPLICATE_IDENTITY', `/identities/${index}`, 'identities ascend, byte by byte');
  });
  return signers;
}

/**
 * That every endorsement of an answer verifies, each by another organization, with certificates that were valid at the
 * answer's own time, which must lie in the user's bracket.
 * @returns who signed, in the file's order.
 */
export function checkEndorsements(
  signed: SignedAnswer,
  signers: readonly Signer[],
  { seconds, trust, at }: { seconds: number; trust: Trust; at: string },
): Signer[] {
  checkBracket(seconds, trust, `${at}/channel_header`);
  const endorsers: Signer[] = [];
  signed.endorsements.forEach(({ identity, signature }, index) => {
    const here = `${at}/endorsements/${index}`;
    const signer = signers[identity];
    check(signer !== undefined, 'UNKNOWN_IDENTITY', `${here}/identity`, `there is no identity ${identity}`);
    const isNew = endorsers.every(({ mspId }) => mspId !== signer.mspId);
    check(isNew, 'DUPLICATE_ENDORSEMENT', here, `${signer.mspId} has signed this answer already`);
    checkValidity(signer, seconds * 1000, `/identities/${identity}`);
    const message = concatBytes(signed.response_payload, signer.bytes);
    const isItsOwn = isSigned(message, signature, signer.certificate.publicKey, { requireLowS: true });
    check(isItsOwn, 'SIGNATURE_INVALID', `${here}/signature`, `it is not a signature of ${signer.commonName}`);
    endorsers.push(signer);
  });
  return endorsers;
}

/** That those who signed the event also signed the checkpoints, once each, and that nobody is listed in vain. */
export function checkSigners(all: readonly Signer[], event: readonly Signer[], checkpoints: readonly Signer[]): void {
  const names = (signers: readonly Signer[]) => signers.map(({ mspId }) => mspId).sort();
  const isSame = JSON.stringify(names(event)) === JSON.stringify(names(checkpoints));
  check(
    isSame,
    'SIGNERS_DIFFER',
    '/checkpoints',
    `${names(checkpoints).join(', ')} in place of ${names(event).join(', ')}`,
  );
  const unused = all.findIndex((signer) => !event.includes(signer) && !checkpoints.includes(signer));
  check(unused < 0, 'UNUSED_IDENTITY', `/identities/${unused}`, 'it has signed nothing here');
}

/** The user's rule: how many of the organizations whose authorities the user has, and which of them. */
export function checkRule(signers: readonly Signer[], { rule }: Trust): string[] {
  const trusted = signers.filter(({ issuer }) => issuer).map(({ mspId }) => mspId);
  check(trusted.length > 0, 'UNTRUSTED_ORGANIZATIONS', '/identities', 'no signer is of an organization you trust');
  const missing = rule.required.find((mspId) => !trusted.includes(mspId));
  check(missing === undefined, 'RULE_NOT_MET', '/event/signed/endorsements', `${missing} has not signed`);
  check(
    trusted.length >= rule.at_least,
    'RULE_NOT_MET',
    '/event/signed/endorsements',
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

function compareBytes(one: Uint8Array, other: Uint8Array): number {
  const index = one.findIndex((byte, position) => byte !== other[position]);
  return index < 0 ? one.length - other.length : (one[index] ?? 0) - (other[index] ?? -1);
}
