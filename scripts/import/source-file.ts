import { createReadStream } from 'node:fs';
import { AuditError } from '../../core/index.js';
import type { PostedEventInput } from '../../core/index.js';
import { readJson, SourceMapping } from '../../intake/index.js';
import type { MappingOptions, MappingReport } from '../../intake/index.js';

/** A line of NDJSON that was not understood; the others go on. */
export interface BadLine {
  line: number;
  detail: string;
}

/** A string cannot be longer, and a document has to be read whole. Lines are read one by one. */
const DOCUMENT_BYTES = 256 * 1_048_576;

/** The format of a file that no known one fits. */
export const UNRECOGNIZED = 'unrecognized';

/** One source: a JSON document, or NDJSON of any length, which is never held whole. */
export class SourceFile {
  readonly badLines: BadLine[] = [];
  readonly #mapping: SourceMapping;

  constructor(
    private readonly path: string,
    options: MappingOptions,
  ) {
    this.#mapping = new SourceMapping(options);
  }

  get format(): string {
    return this.#mapping.format ?? UNRECOGNIZED;
  }

  report(): MappingReport {
    return this.#mapping.report();
  }

  /**
   * The events in order, in groups as they were read; with each the number of bytes that led to it.
   * @throws {AuditError} where the source is in no known format or, being one document, is not readable.
   */
  async *events(): AsyncGenerator<{ events: PostedEventInput[]; bytes: number }> {
    let number = 0;
    for await (const { content, isOnly } of pieces(this.path)) {
      number++;
      const text = decode(content);
      if (text?.trim() === '') continue;
      yield {
        events: isOnly || number === 1 ? this.#mapFirst(text) : this.#mapLine(text, number),
        bytes: content.length + 1,
      };
    }
    yield { events: this.#mapping.finish(), bytes: 0 };
  }

  /** What the source is shows here: a fault ends the import of this file. */
  #mapFirst(text: string | undefined): PostedEventInput[] {
    if (text === undefined) throw new AuditError('MALFORMED_JSON', 'The file is not UTF-8.');
    try {
      return this.#mapping.map(text);
    } catch (error) {
      if (!(error instanceof AuditError) || error.code !== 'MALFORMED_JSON' || this.#mapping.format) throw error;
      throw new AuditError('INVALID_REQUEST', `No known format fits this file: it is not JSON (${error.message}).`);
    }
  }

  #mapLine(text: string | undefined, line: number): PostedEventInput[] {
    try {
      return this.#mapFirst(text);
    } catch (error) {
      if (!(error instanceof AuditError) || this.#mapping.format === undefined) throw error;
      this.#mapping.skip('unreadable-line');
      this.badLines.push({ line, detail: error.message });
      return [];
    }
  }
}

interface Piece {
  content: Buffer;
  /** The document, whole. */
  isOnly: boolean;
}

/** Lines if the first of them is JSON by itself, else everything at once. */
async function* pieces(path: string): AsyncGenerator<Piece> {
  const lines = splitLines(path);
  const first = await nextFilled(lines);
  if (!first) throw new AuditError('MALFORMED_JSON', 'The file is empty.');
  if (!isJson(first)) {
    yield { content: await joinAll(first, lines), isOnly: true };
    return;
  }
  yield { content: first, isOnly: false };
  for await (const content of lines) yield { content, isOnly: false };
}

async function nextFilled(lines: AsyncGenerator<Buffer>): Promise<Buffer | undefined> {
  for (;;) {
    const next = await lines.next();
    if (next.done === true) return undefined;
    if (next.value.some((byte) => !BLANKS.has(byte))) return next.value;
  }
}

const NEWLINE = 0x0a;
const BLANKS: ReadonlySet<number> = new Set([0x20, 0x09, 0x0d]);

async function* splitLines(path: string): AsyncGenerator<Buffer> {
  let open: Buffer[] = [];
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      yield Buffer.concat([...open, chunk.subarray(start, end)]);
      open = [];
      start = end + 1;
    }
    open.push(chunk.subarray(start));
  }
  yield Buffer.concat(open);
}

async function joinAll(first: Buffer, lines: AsyncGenerator<Buffer>): Promise<Buffer> {
  const all = [first];
  let bytes = first.length;
  for await (const line of lines) {
    bytes += line.length + 1;
    if (bytes > DOCUMENT_BYTES)
      throw new AuditError('TOO_LARGE', `A document of more than ${DOCUMENT_BYTES} bytes has to be imported as lines.`);
    all.push(Buffer.of(NEWLINE), line);
  }
  return Buffer.concat(all);
}

function isJson(content: Buffer): boolean {
  try {
    readJson(decode(content) ?? '');
    return true;
  } catch {
    return false;
  }
}

/** `undefined` where the bytes are not UTF-8: a replacement character would be an invention. */
function decode(content: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return undefined;
  }
}
