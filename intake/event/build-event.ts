import { canonicalize, isTimestamp, LIMITS, normalizeTimestamp, utf8Length, sha256Hex } from '../../core/index.js';
import type { JsonObject, JsonValue, PostedEventInput } from '../../core/index.js';
import { rawValue } from './raw-value.js';

/** The fields of an event as a mapper reads them: names and ids may still be longer than the ledger takes. */
export type EventFields = Omit<PostedEventInput, 'source' | 'metadata'> & { metadata?: JsonObject | undefined };

/** Where an event comes from, and the pointers of its fields that were derived rather than read. */
export interface EventOrigin {
  format: string;
  /** A JSON pointer within the run, or the element's own id; empty for the run itself. */
  position: string;
  derived: readonly string[];
}

const COMMITTED = ['input', 'output', 'reasoning_chain', 'logprobs', 'context', 'metadata'] as const;
/** Room for the public fields and the salts beside the committed values. */
const VALUES_BYTES = LIMITS.eventBytes - 65_536;
const PREVIEW_LENGTH = 1024;
const FORMATTED = new Set([
  'event_type',
  'event_id',
  'parent_event_id',
  'intent_event_id',
  'timestamp',
  'started_at',
  'trace_id',
]);

/**
 * The event as it is posted. What does not fit the schema is fitted, never lost: an over-long name is cut and an empty
 * one left out (the original goes to `metadata.source_values`), an over-long id ends in its digest, a value that JSON
 * cannot hold becomes its base64 form, one that is too large becomes its digest. Each is listed in `source.derived`.
 */
export function buildEvent(fields: EventFields, origin: EventOrigin): PostedEventInput {
  const fitting = new Fitting(origin.derived);
  const { metadata, input, output, reasoning_chain, logprobs, context, error, ...rest } = fields;
  const known = withoutUndefined({ ...rest, error: error && { type: error.type } } as unknown as JsonObject);
  const publicPart = fitting.names(known, '');
  publicPart['agent_id'] = fitting.idPart(fields.agent_id, '/agent_id');
  publicPart['session_id'] = fitting.idPart(fields.session_id, '/session_id');
  const values = withoutUndefined({ input, output, reasoning_chain, logprobs, context } as JsonObject);
  const message = error?.message === undefined ? undefined : keptValue(error.message);
  const committed = fitting.values({ ...values, ...fitting.metadata(metadata) });
  return {
    ...(publicPart as unknown as PostedEventInput),
    ...(error && { error: { type: nameOf(publicPart['error']), ...(message !== undefined && { message }) } }),
    ...committed,
    source: {
      format: origin.format,
      ...(origin.position !== '' && { position: cut(origin.position) }),
      derived: fitting.pointers(),
    },
  };
}

/** Bounds everything that a mapper put into an event and remembers what it changed. */
class Fitting {
  readonly #derived: Set<string>;
  readonly #originals: JsonObject = {};

  constructor(derived: readonly string[]) {
    this.#derived = new Set(derived);
  }

  names(object: JsonObject, base: string): JsonObject {
    const fitted: JsonObject = {};
    for (const [key, value] of Object.entries(object)) {
      const pointer = `${base}/${key}`;
      const kept = this.#name(key, value, pointer);
      if (kept !== undefined) fitted[key] = kept;
    }
    return fitted;
  }

  idPart(text: string, pointer: string): string {
    const clean = text.replace(/\p{Cc}/gu, ' ').toWellFormed();
    if (clean === text && text !== '' && utf8Length(text) <= LIMITS.idPartBytes) return text;
    this.#change(pointer, text);
    return `${cutBytes(clean, LIMITS.idPartBytes - 26)}..${sha256Hex(text).slice(0, 24)}`;
  }

  metadata(metadata: JsonObject | undefined): { metadata?: JsonValue } {
    const hasOriginals = Object.keys(this.#originals).length > 0;
    const whole = withoutUndefined({ ...metadata, ...(hasOriginals && { source_values: this.#originals }) });
    return Object.keys(whole).length > 0 ? { metadata: whole } : {};
  }

  values(values: JsonObject): JsonObject {
    const fitted: JsonObject = {};
    const sizes = new Map<string, number>();
    for (const key of COMMITTED) {
      const value = values[key];
      if (value === undefined) continue;
      const kept = keptValue(value);
      if (kept !== value) this.#derived.add(`/${key}`);
      fitted[key] = kept;
      sizes.set(key, utf8Length(JSON.stringify(kept)));
    }
    this.#shrink(fitted, sizes);
    return fitted;
  }

  pointers(): string[] {
    return [...this.#derived];
  }

  #name(key: string, value: JsonValue, pointer: string): JsonValue | undefined {
    if (FORMATTED.has(key) || Array.isArray(value)) return value;
    if (typeof value === 'object' && value !== null) {
      const inner = this.names(withoutUndefined(value), pointer);
      return Object.keys(inner).length > 0 ? inner : undefined;
    }
    if (typeof value !== 'string' || (value !== '' && value.length <= LIMITS.nameLength)) return value;
    this.#change(pointer, value);
    return value === '' ? undefined : cut(value);
  }

  #change(pointer: string, original: string): void {
    this.#derived.add(pointer);
    this.#originals[pointer] = original;
  }

  /** The largest value first, until the event fits. */
  #shrink(values: JsonObject, sizes: Map<string, number>): void {
    const bySize = [...sizes].sort(([, a], [, b]) => b - a);
    let total = bySize.reduce((sum, [, bytes]) => sum + bytes, 0);
    for (const [key, bytes] of bySize) {
      if (total <= VALUES_BYTES) return;
      values[key] = digestForm(values[key] ?? null);
      this.#derived.add(`/${key}`);
      total -= bytes;
    }
  }
}

/** The value itself where it is within the ledger's limits of depth and Unicode, else its base64 form. */
function keptValue(value: JsonValue): JsonValue {
  try {
    canonicalize(value, LIMITS.depth - 2);
    return value;
  } catch {
    return rawValue(JSON.stringify(value), 'application/json');
  }
}

/** A very large value by its digest: the source keeps the value itself. */
function digestForm(value: JsonValue): JsonValue {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const mediaType = typeof value === 'string' ? 'text/plain' : 'application/json';
  return {
    sha256: sha256Hex(text),
    size_bytes: utf8Length(text),
    media_type: mediaType,
    preview: cut(text, PREVIEW_LENGTH),
  };
}

function nameOf(error: JsonValue | undefined): string {
  const type = typeof error === 'object' && error !== null && !Array.isArray(error) ? error['type'] : undefined;
  return typeof type === 'string' ? type : 'error';
}

function withoutUndefined(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object as Record<string, unknown>).filter(([, value]) => value !== undefined),
  ) as JsonObject;
}

/** Cut between characters, never within one. */
function cut(text: string, length: number = LIMITS.nameLength): string {
  const head = text.slice(0, length);
  return head.isWellFormed() ? head : head.slice(0, -1).toWellFormed();
}

function cutBytes(text: string, bytes: number): string {
  let head = cut(text, bytes);
  while (utf8Length(head) > bytes) head = cut(head, head.length - 1);
  return head;
}

/** Events by what they claim as their time; those of the same time stay in the source's order. */
export function inOrderOfTime(events: PostedEventInput[]): PostedEventInput[] {
  const keyed = events.map((event) => ({ event, time: normalizeTimestamp(event.timestamp) ?? '' }));
  return keyed.sort((a, b) => (a.time < b.time ? -1 : Number(a.time > b.time))).map(({ event }) => event);
}

/** Text that is a time of its own, else `undefined`. */
export function readTimestamp(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && isTimestamp(value) ? value : undefined;
}
