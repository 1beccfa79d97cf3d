import { createSign, createVerify, type KeyObject } from 'node:crypto';

/**
 * ECDSA over P-256 with SHA-256 in Fabric's form: DER, and S in the lower half of the curve's order, so that a
 * signature has one form only. node:crypto neither makes nor demands that.
 */

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const HALF_ORDER = Buffer.from((ORDER >> 1n).toString(16).padStart(64, '0'), 'hex');

/** What is signed, in parts that follow one another: to join them would copy a transaction for each of its endorsers. */
export type Message = readonly Uint8Array[];

export function signMessage(key: KeyObject, message: Message): Uint8Array {
  const signing = createSign('sha256');
  for (const part of message) signing.update(part);
  return toLowS(signing.sign(key));
}

export function verifyMessage(key: KeyObject, message: Message, signature: Uint8Array): boolean {
  if (!isLowS(signature)) return false;
  const verification = createVerify('sha256');
  for (const part of message) verification.update(part);
  try {
    return verification.verify(key, signature);
  } catch {
    return false; // not DER at all
  }
}

/** The same signature with S in the lower half. */
export function toLowS(der: Uint8Array): Uint8Array {
  const { r, s } = integersOf(der);
  const value = BigInt(`0x${Buffer.from(s).toString('hex')}`);
  if (value <= ORDER >> 1n) return der;
  const lowS = derInteger(Buffer.from((ORDER - value).toString(16).padStart(64, '0'), 'hex'));
  const body = Buffer.concat([derInteger(r), lowS]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

function isLowS(der: Uint8Array): boolean {
  if (der.length < 8 || der.length > 72 || der[0] !== 0x30 || der[2] !== 0x02) return false;
  const { s } = integersOf(der);
  const significant = s[0] === 0 ? s.subarray(1) : s;
  return significant.length < 32 || (significant.length === 32 && Buffer.compare(significant, HALF_ORDER) <= 0);
}

/** Contents of the two INTEGERs; lengths are checked by the verification that follows. */
function integersOf(der: Uint8Array): { r: Uint8Array; s: Uint8Array } {
  const rEnd = 4 + (der[3] ?? 0);
  return { r: der.subarray(4, rEnd), s: der.subarray(rEnd + 2) };
}

function derInteger(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const significant = bytes.subarray(start);
  const padded = (significant[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), significant]) : significant;
  return Buffer.concat([Buffer.from([0x02, padded.length]), padded]);
}
