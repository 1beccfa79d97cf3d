import fc from 'fast-check';
import { normalizeTimestamp, postedEvent, sealEvent } from '../../../core/index.js';
import type { EventView, JsonValue, Openings, PostedEvent, SealedEvent } from '../../../core/index.js';

/** Well-formed text of any script, with what is awkward in keys, URLs and JSON more often than chance would have it. */
export const text = (maxLength = 20) =>
  fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength }),
    fc.constantFrom('a/b', '~', '~0', '=7E', '%7E', '"', '\\', '..', 'é', '\u{1F600}', '\u2028', '__proto__x', ' '),
  );

/** Any JSON value that is accepted: without the key that is reserved, which fast-check likes to try. */
export const json = (fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }) as fc.Arbitrary<JsonValue>).filter(
  (value) => !JSON.stringify(value).includes('"__proto__":'),
);

const name = text();
const idPart = text(12).filter((part) => !/\p{Cc}/u.test(part));
const digits = (count: number, max: number) => fc.nat(max).map((number) => String(number).padStart(count, '0'));

/** RFC 3339 with any offset and up to nine decimals. */
export const timestamp = fc
  .record({
    day: fc.integer({ min: 1, max: 28 }),
    hour: digits(2, 23),
    minute: digits(2, 59),
    fraction: fc.oneof(
      fc.constant(''),
      digits(3, 999).map((ms) => `.${ms}`),
      digits(9, 999_999_999).map((ns) => `.${ns}`),
    ),
    offset: fc.constantFrom('Z', 'z', '+00:00', '-00:00', '+01:00', '-11:30', '+14:00'),
  })
  .map(({ day, hour, minute, fraction, offset }) => {
    return `2026-11-${String(day).padStart(2, '0')}T${hour}:${minute}:30${fraction}${offset}`;
  });

const optional = {
  event_id: fc.constantFrom('own-1', 'own:2', 'a@b'),
  phase: fc.constantFrom('intent' as const, 'outcome' as const, 'complete' as const),
  started_at: timestamp,
  agent_version: name,
  task_id: name,
  links: fc.array(fc.record({ event_id: name, rel: fc.constantFrom('cause', 'retry') }), { maxLength: 2 }),
  trace_id: fc.constant('4bf92f3577b34da6a3ce929d0e0e4736'),
  tool: fc.oneof(fc.constantFrom('search', 'refund'), fc.record({ name, call_id: name }, { requiredKeys: ['name'] })),
  status: fc.constantFrom('ok' as const, 'error' as const),
  error: fc.record({ type: name, message: json }, { requiredKeys: ['type'] }),
  attempt: fc.integer({ min: 1, max: 9 }),
  confidence: fc.double({ min: 0, max: 1, noNaN: true }),
  model: fc.record({ provider: name, name }, { requiredKeys: ['name'] }),
  usage: fc.record({ input_tokens: fc.nat(), output_tokens: fc.nat() }, { requiredKeys: [] }),
  labels: fc.dictionary(fc.constantFrom('env', 'team', 'constructor'), text(8), { maxKeys: 3 }),
  input: json,
  output: json,
  reasoning_chain: json,
  logprobs: json,
  metadata: json,
  context: json,
};

/** Events as they are posted, already normalized. */
export const posted: fc.Arbitrary<PostedEvent> = fc
  .record(
    {
      event_type: fc.constantFrom('tool_call', 'reasoning_step', 'final_decision', 'acme.refund'),
      timestamp,
      agent_id: idPart,
      session_id: idPart,
      ...optional,
    },
    { requiredKeys: ['event_type', 'timestamp', 'agent_id', 'session_id'] },
  )
  .map((event) => postedEvent.parse(event));

/** A source of salts that is different at each call and the same at each run. */
export function saltCounter(start = 1): () => string {
  let next = start;
  return () => (next++).toString(16).padStart(32, '0');
}

/** Seals events as consecutive ones of one session. */
export function sealChain(events: readonly PostedEvent[]): SealedEvent[] {
  const newSalt = saltCounter();
  const sealed: SealedEvent[] = [];
  for (const event of events) {
    const prevHash = sealed.at(-1)?.hash ?? '0'.repeat(64);
    const inSession = { ...event, agent_id: 'agent', session_id: 'session' };
    sealed.push(sealEvent(inSession, { owner: 'OperatorMSP', seq: sealed.length + 1, prevHash }, newSalt));
  }
  return sealed;
}

export function viewOf({ core, hash }: { core: SealedEvent['core']; hash: string; openings?: Openings }): EventView {
  return {
    locator: `OperatorMSP~agent~session~${core.seq}`,
    hash,
    core,
    recorded_at: normalizeTimestamp('2026-11-29T00:00:00Z') ?? '',
    recorded_by: { msp_id: 'OperatorMSP', certificate_sha256: 'c'.repeat(64) },
    tx_id: 'f'.repeat(64),
    payload: 'collection',
  };
}
