import type { FaultCode } from '../../../verifier/index.js';
import { readGolden } from './golden.js';

/** A file that only somebody would make who wants a verifier to fail, or two of them to disagree. */
export interface HostileFile {
  name: string;
  text: string;
  code: FaultCode;
}

const receipt = JSON.stringify(readGolden('receipt'));
/** Any value at all may stand behind a commitment. */
const OPENED = '"amount":75.5';

/** The receipt with another text where a committed value has a number. */
function opened(name: string, json: string, code: FaultCode): HostileFile {
  return { name, text: receipt.replace(OPENED, () => json), code };
}

/** The receipt with other bytes as its signed answer. */
function answered(name: string, hex: string): HostileFile {
  const file = readGolden('receipt');
  file.event.signed.response_payload = Buffer.from(hex, 'hex').toString('base64');
  return { name, text: JSON.stringify(file), code: 'MALFORMED_MESSAGE' };
}

export const HOSTILE_FILES: readonly HostileFile[] = [
  opened('half of a surrogate pair in a list', '"amount":[["\\ud800"]]', 'NOT_JSON'),
  opened('half of a surrogate pair in a key', '"\\udfff":1', 'NOT_JSON'),
  opened('a key that is another object’s prototype', '"__proto__":1', 'NOT_JSON'),
  opened('a key twice, spelled in two ways', '"amount":1,"\\u0061mount":1', 'NOT_JSON'),
  opened('a number beyond a double', '"amount":1e999999999', 'NOT_JSON'),
  opened('a million digits', `"amount":${'1'.repeat(1_000_000)}`, 'NOT_JSON'),
  opened('NaN', '"amount":NaN', 'NOT_JSON'),
  opened('minus zero', '"amount":-0', 'COMMITMENT_MISMATCH'),
  opened('a long text full of escapes', `"amount":"${'\\u0061'.repeat(300_000)}"`, 'COMMITMENT_MISMATCH'),
  { name: 'a million levels', text: '['.repeat(1_000_000), code: 'NOT_JSON' },
  { name: 'a million levels of objects', text: '{"a":'.repeat(1_000_000), code: 'NOT_JSON' },
  { name: 'a byte order mark', text: `\ufeff${receipt}`, code: 'NOT_JSON' },
  { name: 'a space that JSON does not know', text: `\u00a0${receipt}`, code: 'NOT_JSON' },
  { name: 'nothing', text: '', code: 'NOT_JSON' },
  { name: 'null', text: 'null', code: 'UNKNOWN_FORMAT' },
  { name: 'a form of every object', text: receipt.replace('"receipt"', '"toString"'), code: 'MALFORMED_EVIDENCE' },
  answered('a million empty fields', '1200'.repeat(1_000_000)),
  answered('a number with a zero too many', '0a8000'),
  answered('a length beyond the message', '0affffffffffffffffff01'),
  answered('a length beyond 64 bits', `0a${'ff'.repeat(9)}7f`),
  answered('a group, which nobody writes any more', '0b0c'),
];
