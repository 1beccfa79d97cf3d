import { z } from 'zod';
import { findPayload, verifyPresentOpenings } from '../../core/index.js';
import type { EventCore, JsonValue, JsonWriter, Openings, PayloadSource } from '../../core/index.js';
import { mismatch, toFinding } from './finding.js';
import type { Finding } from './finding.js';
import type { WrittenDocuments } from './written-documents.js';

const payload = z.object({
  doc_type: z.literal('payload'),
  v: z.literal(1),
  events: z.array(z.custom<Openings>((value) => typeof value === 'object' && value !== null)),
});

/** A record, as far as its payload is concerned. */
interface RecordWithPayload extends PayloadSource {
  events: readonly { core: EventCore }[];
}

/**
 * The private documents of one transaction beside its records. Each opening is one event's: none is opened twice, whatever
 * the records say, and none is left over.
 */
export class Payloads {
  /** By key, as it was written. */
  readonly #written: ReadonlyMap<string, Uint8Array>;
  /** By key: the openings that no record has taken yet; `undefined` for what is no payload. */
  readonly #left = new Map<string, Map<number, Openings> | undefined>();
  readonly #documents: WrittenDocuments;

  constructor(written: ReadonlyMap<string, Uint8Array>, documents: WrittenDocuments) {
    this.#written = written;
    this.#documents = documents;
  }

  /** A document that is gone, or that this organization may not see, is no finding. */
  check(record: RecordWithPayload): Finding[] {
    const { key, index: first } = findPayload(record);
    const written = this.#written.get(key);
    if (!written) return [];
    if (!this.#left.has(key)) this.#left.set(key, readOpenings(this.#documents.read(written)));
    const left = this.#left.get(key);
    if (!left) return [mismatch(`${key} holds no payload`)];
    const { write } = this.#documents.texts;
    return record.events.flatMap(({ core }, index) => checkOpenings(core, { left, index: first + index, key, write }));
  }

  /** To be asked when all records have been checked. */
  checkRest(): Finding[] {
    return [...this.#left].flatMap(([key, left]) =>
      left && left.size > 0 ? mismatch(`${key} has ${left.size} openings of no record`) : [],
    );
  }
}

function readOpenings(document: JsonValue | undefined): Map<number, Openings> | undefined {
  const parsed = payload.safeParse(document);
  return parsed.success ? new Map(parsed.data.events.entries()) : undefined;
}

/** Where the openings of an event are to be. */
interface OpeningPlace {
  key: string;
  index: number;
  left: Map<number, Openings>;
  write: JsonWriter;
}

function checkOpenings(core: EventCore, { key, index, left, write }: OpeningPlace): Finding[] {
  const openings = left.get(index);
  if (!openings) return [mismatch(`${key} has no opening ${index}, or it is another event's`)];
  left.delete(index);
  try {
    verifyPresentOpenings(core, openings, write);
    return [];
  } catch (error) {
    return [toFinding(error, `${key}, event ${index}`)];
  }
}
