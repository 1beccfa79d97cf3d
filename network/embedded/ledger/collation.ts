/** CouchDB's order of strings: the root collation of Unicode, by ICU. English does not change it. */
export const collate = new Intl.Collator('en').compare;
const collateBase = new Intl.Collator('en', { sensitivity: 'base' }).compare;

const ASCII_SIZE = 128;
/** Above the byte that ends a text and the one that ends its letters. */
const FIRST_RANK = 2;
const END = 0;
const CASES = 1;
/** Stands for as many lower-case letters as one byte can count. */
const LONG_RUN = 1;
const LONGEST_RUN = 0xfc;

/** Rank of each ASCII character in the order of letters without their case; 0: collation does not see it. */
const ranks = new Uint8Array(ASCII_SIZE);
const isUpper = new Uint8Array(ASCII_SIZE);
/** In order. */
const ascii = Array.from({ length: ASCII_SIZE }, (_, code) => String.fromCharCode(code))
  .filter(isVisible)
  .sort(collate);
rankAscii();

function rankAscii(): void {
  let rank = FIRST_RANK - 1;
  let previous = '';
  for (const character of ascii) {
    const sameLetter = collateBase(previous, character) === 0;
    if (!sameLetter) rank += 1;
    ranks[character.charCodeAt(0)] = rank;
    isUpper[character.charCodeAt(0)] = Number(sameLetter);
    previous = character;
  }
}

function isVisible(character: string): boolean {
  return collate(character, '') !== 0;
}

/**
 * Bytes that sort as the collation sorts the text, zero-terminated, for what it sees as ASCII: the letters first, then,
 * after a 1, where the capitals are. Undefined for all other texts.
 */
export function asciiCollationKey(text: string): Buffer | undefined {
  return asciiKey(text) ?? asciiKey(asSeen(text));
}

function asciiKey(text: string): Buffer | undefined {
  const key = Buffer.allocUnsafe(2 * text.length + 2);
  const cases: number[] = [];
  let [length, run] = [0, 0];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code >= ASCII_SIZE) return undefined;
    const rank = ranks[code] ?? 0;
    if (rank === 0) continue;
    key[length++] = rank;
    if (isUpper[code] === 0) run += 1;
    else {
      // The longer it takes to the next capital, the earlier it sorts.
      for (; run > LONGEST_RUN; run -= LONGEST_RUN + 1) cases.push(LONG_RUN);
      cases.push(0xfe - run);
      run = 0;
    }
  }
  if (cases.length > 0) key[length++] = CASES;
  for (const byte of cases) key[length++] = byte;
  key[length++] = END;
  return key.subarray(0, length);
}

/** Letters that collate like no other text: those of ASCII, Greek, Russian, Hebrew, Arabic, Japanese, Chinese, Korean. */
const TELLING = /[A-Za-z\u0391-\u03c9\u0410-\u044f\u05d0-\u05ea\u0621-\u064a\u1100-\u11ff\u3041-\u30fa\u4e00-\u9fff]/;

/** The same for all texts that collate alike, and for few others. */
export function lettersOf(text: string): string {
  return Array.from(asSeen(text))
    .filter((character) => TELLING.test(character))
    .join('');
}

/** Without what collation does not see, and with ASCII for what it takes for that (other scripts' digits). */
function asSeen(text: string): string {
  const seen = (character: string): string =>
    isVisible(character) ? (ascii.find((one) => collate(one, character) === 0) ?? character) : '';
  return Array.from(text.normalize('NFD'), seen).join('');
}
