import { AuditError } from '../../core/index.js';
import type { JsonValue, PostedEventInput } from '../../core/index.js';
import type { MappingOptions, ValueMapper } from './format.js';
import { FORMATS } from './formats.js';
import { readJson } from './json-text.js';
import { Tally } from './tally.js';
import type { MappingReport } from './tally.js';

/** The mapping of one source under way: one document, or line after line of NDJSON. */
export class SourceMapping {
  readonly #tally = new Tally();
  readonly #options: MappingOptions;
  #format: string | undefined;
  #mapper: ValueMapper | undefined;

  constructor(options: MappingOptions = {}) {
    this.#options = options;
  }

  /** What the source was recognized as; `undefined` before the first value. */
  get format(): string | undefined {
    return this.#format;
  }

  /**
   * The events of a document or of one line, in the order in which their sessions record them.
   * @throws {AuditError} INVALID_REQUEST where no format recognizes the first value, and as `parseJson`.
   */
  map(text: string): PostedEventInput[] {
    const { value, keptRaw } = readJson(text);
    this.#mapper ??= this.#open(value);
    this.#tally.keepRaw(keptRaw);
    return this.#counted(this.#mapper.map(value));
  }

  /** Counts an element that could not even be read. */
  skip(rule: string): void {
    this.#tally.skip(rule);
  }

  /** The events that could be made only when the source had ended. */
  finish(): PostedEventInput[] {
    return this.#counted(this.#mapper?.finish?.() ?? []);
  }

  report(): MappingReport {
    return this.#tally.report();
  }

  #open(value: JsonValue): ValueMapper {
    const format = FORMATS.find((candidate) => candidate.recognizes(value));
    if (!format) {
      const names = FORMATS.map(({ name }) => name).join(', ');
      throw new AuditError('INVALID_REQUEST', `This is in no format that can be imported (${names}).`);
    }
    this.#format = format.name;
    return format.open(this.#tally, this.#options);
  }

  #counted(events: PostedEventInput[]): PostedEventInput[] {
    this.#tally.count(events);
    return events;
  }
}

/** A whole source at once; `lines` says that it is NDJSON. */
export function mapSource(
  text: string,
  options: MappingOptions & { lines?: boolean } = {},
): { format: string; events: PostedEventInput[]; report: MappingReport } {
  const mapping = new SourceMapping(options);
  const pieces = options.lines ? text.split('\n').filter((line) => line.trim() !== '') : [text];
  const events = pieces.flatMap((piece) => mapping.map(piece));
  events.push(...mapping.finish());
  return { format: mapping.format ?? '', events, report: mapping.report() };
}
