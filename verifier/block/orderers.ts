import { concatBytes } from '@noble/hashes/utils.js';
import { check, refuse } from '../faults.js';
import { readMember } from '../identity.js';
import type { OrdererTrust, Trust } from '../trust.js';
import { Message } from '../wire/message.js';
import { isSigned } from '../wire/signature.js';
import { readSerializedIdentity } from './envelope.js';

/** A signature that an orderer put under a block. */
interface OrdererSignature {
  /** SignatureHeader (Raft) or IdentifierHeader (BFT): part of what is signed. */
  header: Uint8Array;
  /** SerializedIdentity, as Raft's signatures have it. */
  creator: Uint8Array | undefined;
  /** Which consenter, as BFT's signatures have it. */
  consenter: number | undefined;
  signature: Uint8Array;
}

/** Node OU by which Fabric tells orderers from the other members of their organization. */
const ORDERER_UNIT = 'orderer';

/**
 * That orderers whom the user trusts signed the block: one of a Raft cluster, a quorum of a BFT one.
 * @param metadata the block's SIGNATURES entry (Metadata).
 * @param header the DER of the block's header.
 * @param time milliseconds since the epoch when certificates have to be valid; a block has no time of its own.
 * @returns who signed, in words.
 * @throws {EvidenceFault} MALFORMED_MESSAGE, SIGNATURE_INVALID, ORDERERS_NOT_MET
 */
export function checkOrderers(
  { metadata, header, time, at }: { metadata: Uint8Array; header: Uint8Array; time: number; at: string },
  orderers: OrdererTrust,
): string[] {
  const message = new Message(metadata, [1, 2], at);
  const value = message.bytes(1);
  const signatures = message.list(2).map((bytes) => readSignature(bytes, at));
  const signers = new Set<string>();
  for (const entry of signatures) {
    const signer = findSigner(entry, orderers, time, at);
    if (!signer) continue;
    const signed = concatBytes(value, entry.header, header);
    const isItsOwn = isSigned(signed, entry.signature, signer.publicKey, { requireLowS: true });
    check(isItsOwn, 'SIGNATURE_INVALID', at, `it is not a signature of ${signer.name}`);
    signers.add(signer.name);
  }
  const needed = quorumOf(orderers);
  check(signers.size >= needed, 'ORDERERS_NOT_MET', at, `${signers.size} whom you trust have signed, not ${needed}`);
  return [...signers];
}

function readSignature(bytes: Uint8Array, at: string): OrdererSignature {
  const entry = new Message(bytes, [1, 2, 3], at);
  const signature = entry.bytes(2);
  if (entry.has(3)) {
    const header = entry.bytes(3);
    return { header, creator: undefined, consenter: new Message(header, [1, 2], at).number(1), signature };
  }
  const header = entry.bytes(1);
  return { header, creator: new Message(header, [1, 2], at).bytes(1), consenter: undefined, signature };
}

interface OrdererSigner {
  name: string;
  publicKey: Uint8Array;
}

/** Nobody where the user does not know who signed; signatures of strangers neither count nor harm. */
function findSigner(
  { creator, consenter }: OrdererSignature,
  orderers: OrdererTrust,
  time: number,
  at: string,
): OrdererSigner | undefined {
  if (orderers.consensus === 'bft') {
    const known = orderers.consenters.find(({ id }) => id === consenter);
    return known && { name: `consenter ${known.id}`, publicKey: known.certificate.publicKey };
  }
  if (!creator) return undefined;
  const identity = readSerializedIdentity(creator, at);
  const authorities: Pick<Trust, 'authorities'> = { authorities: orderers.authorities };
  if (!orderers.authorities.has(identity.msp_id)) return undefined;
  const { certificate, commonName, issuer } = readMember(identity, creator, authorities, { at, unit: ORDERER_UNIT });
  const isValid = [certificate, issuer].every((one) => one && one.notBefore <= time && time <= one.notAfter);
  if (!isValid) refuse('CERTIFICATE_NOT_VALID_THEN', at, `the certificate of ${commonName} was not valid then`);
  return { name: `${commonName} of ${identity.msp_id}`, publicKey: certificate.publicKey };
}

/** BFT: more than can lie and be silent together, ceil((n + f + 1) / 2) with f = floor((n - 1) / 3). */
function quorumOf(orderers: OrdererTrust): number {
  if (orderers.consensus === 'raft') return 1;
  const count = orderers.consenters.length;
  return Math.ceil((count + Math.floor((count - 1) / 3) + 1) / 2);
}
