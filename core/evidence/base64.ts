const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES: ReadonlyMap<string, number> = new Map(Array.from(ALPHABET, (char, value) => [char, value] as const));
/** Looks for what must not be there: an expression that repeats needs a stack as long as a stranger's text. */
const NO_DIGIT = /[^A-Za-z0-9+/]/;

/** RFC 4648 section 4, with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const rest = bytes.length - index;
    const bits = ((bytes[index] ?? 0) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0);
    const digits = [18, 12, 6, 0].map((shift) => ALPHABET.charAt((bits >> shift) & 63)).join('');
    text += rest >= 3 ? digits : digits.slice(0, rest + 1).padEnd(4, '=');
  }
  return text;
}

/** The bytes, or `undefined` for any text but the one that `encodeBase64` makes of them. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const digits = text.replace(/={1,2}$/, '');
  if (text.length % 4 !== 0 || NO_DIGIT.test(digits)) return undefined;
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let bits = 0;
  let width = 0;
  let position = 0;
  for (const digit of digits) {
    bits = ((bits << 6) | (VALUES.get(digit) ?? 0)) & 0xfff;
    width += 6;
    if (width < 8) continue;
    width -= 8;
    bytes[position++] = (bits >> width) & 0xff;
  }
  // Bits behind the last byte that are not zero would be a second spelling (RFC 4648 section 3.5).
  return (bits & ((1 << width) - 1)) === 0 ? bytes : undefined;
}

/** RFC 4648 section 5, without padding, as JOSE has it (RFC 7515 section 2). */
export function encodeBase64Url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The bytes, or `undefined` for any text but the one that `encodeBase64Url` makes of them. */
export function decodeBase64Url(text: string): Uint8Array | undefined {
  if (/[+/=]/.test(text)) return undefined;
  const digits = text.replaceAll('-', '+').replaceAll('_', '/');
  return decodeBase64(digits.padEnd(Math.ceil(digits.length / 4) * 4, '='));
}
