import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { postedEvent } from '../../../core/index.js';
import type { JsonValue } from '../../../core/index.js';
import { fixtures, map, REAL_TRACES, realTraces, valuesOf } from './sources.js';
import type { Source } from './sources.js';

const FORMATS: Record<string, string> = {
  'tau-bench.json': 'tau-bench',
  'openai-chat.jsonl': 'openai-chat',
  'swe-agent-steps.traj': 'swe-agent',
  'swe-agent-history.traj': 'swe-agent',
  'langfuse.json': 'langfuse',
  'otel-spans.json': 'otel-spans',
  'otlp.json': 'otlp',
  'responses.ndjson': 'openai-responses',
  'events.ndjson': 'audit-events',
};

/** Roles and kinds of messages, which the type of the event says. */
const SAID_BY_TYPE: ReadonlySet<string> = new Set(['system', 'user', 'assistant', 'tool', 'function']);

describe('intake of every format', () => {
  for (const source of fixtures()) {
    describe(source.name, () => holds(source));
    it(`recognizes ${source.name} by its content`, () => assert.equal(map(source).format, FORMATS[source.name]));
  }
});

describe('intake of real traces', function () {
  const sources = realTraces();
  if (sources.length === 0) it.skip(`did NOT run: there are no traces of real agents in ${REAL_TRACES}`);
  for (const source of sources) describe(source.name, () => holds(source));
});

/** What is true of each source, whatever its format. */
function holds(source: Source): void {
  const { events, report, format } = map(source);

  it('gives events of the schema', () => {
    for (const event of events) {
      const parsed = postedEvent.safeParse(event);
      assert.ok(parsed.success, `${event.event_id ?? ''}: ${parsed.error?.message ?? ''}`);
    }
  });

  it('gives each event an id of its own that begins with the format', () => {
    const own = events.filter(({ source: origin }) => origin?.format === format);
    assert.equal(new Set(events.map(({ event_id }) => event_id)).size, events.length);
    assert.ok(own.every(({ event_id }) => event_id?.startsWith(`${format}:`)));
  });

  it('gives the same events again', () => assert.deepEqual(map(source).events, events));

  it('counts every element as mapped or skipped', () => {
    const skipped = Object.values(report.skipped).reduce((sum, count) => sum + count, 0);
    assert.equal(report.mapped + skipped, report.elements);
    assert.equal(
      report.elements,
      valuesOf(source).reduce((sum: number, value) => sum + countElements(format, value), 0),
    );
    assert.equal(report.events, events.length);
  });

  // Skipped elements are counted, not kept; what the longer list of observations repeats is kept there.
  if (Object.keys(report.skipped).every((rule) => rule === 'repeated-in-observations')) {
    it('says everything that the source says', () => {
      const said = JSON.stringify(events);
      for (const text of valuesOf(source)
        .flatMap(strings)
        .filter((word) => !SAID_BY_TYPE.has(word))) {
        assert.ok(
          said.includes(JSON.stringify(text).slice(1, -1)) || said.includes(text),
          `lost: ${text.slice(0, 200)}`,
        );
      }
    });
  }
}

/** The elements of a source, counted without the mappers. */
function countElements(format: string, value: JsonValue): number {
  switch (format) {
    case 'tau-bench':
      return members(value).reduce((sum: number, run) => sum + members(run, 'traj').length + 1, 0);
    case 'openai-chat':
      return members(value, 'messages').length + Number(members(value).length > 1);
    case 'swe-agent':
      return members(value, 'history').length + members(value, 'trajectory').length + Number(members(value).length > 1);
    case 'langfuse':
      return (
        1 +
        [['observations'], ['trace', 'observations'], ['trace', 'scores']].reduce(
          (sum, path) => sum + members(value, ...path).length,
          0,
        )
      );
    case 'otel-spans':
      return members(value).reduce((sum: number, list) => sum + members(list).length, 0);
    case 'otlp':
      return members(value, 'resourceSpans', '0', 'scopeSpans', '0', 'spans').length;
    default:
      return 1;
  }
}

/** What a list or object holds at a path; nothing where there is none. */
function members(value: JsonValue | undefined, ...path: string[]): JsonValue[] {
  if (typeof value !== 'object' || value === null) return [];
  const [key, ...rest] = path;
  return key === undefined ? Object.values(value) : members((value as Record<string, JsonValue>)[key], ...rest);
}

function strings(value: JsonValue): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}
