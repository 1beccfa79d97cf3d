const SMALLEST_NORMAL = 2 ** -1022;
/** Any decimal of so many significant digits survives a double (C's DBL_DIG). */
export const ALWAYS_KEPT = 15;
/** So many digits name any double; writers that print every double with 17 digits lose nothing. */
const DIGITS_OF_A_DOUBLE = 17;

/**
 * Whether a number's text means what its double says when it is written again (RFC 8785 section 3.2.2.3): integers
 * exactly, so that readers with big integers see the same one; decimals to the 17 digits that a normal double has.
 */
export function isKeptNumber(token: string, value: number): boolean {
  if (token.length <= ALWAYS_KEPT && !/[eE]/.test(token)) return true;
  const written = String(value);
  if (written === token) return true;
  if (!Number.isFinite(value)) return false;
  const digits = significantDigits(token);
  if (digits === significantDigits(written)) return true;
  const isDecimal = /[.eE]/.test(token);
  return isDecimal && digits.length <= DIGITS_OF_A_DOUBLE && Math.abs(value) >= SMALLEST_NORMAL;
}

/** The digits without sign, point, exponent, leading and trailing zeros; empty for zero. */
function significantDigits(token: string): string {
  const digits = token
    .replace(/[eE].*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+/, '');
  let end = digits.length;
  while (digits.charAt(end - 1) === '0') end -= 1; // a pattern for this would try every run of zeros
  return digits.slice(0, end);
}
