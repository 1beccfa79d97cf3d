import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { canonicalize, LIMITS, ownEventId, postedEvent } from '../../../core/index.js';
import type { JsonObject, JsonValue, PostedEventInput } from '../../../core/index.js';
import { buildEvent } from '../../../intake/event/build-event.js';
import type { EventFields } from '../../../intake/event/build-event.js';
import { ownId } from '../../../intake/event/own-id.js';

const BASE: EventFields = {
  event_type: 'tool_call',
  timestamp: '2026-01-02T10:00:00Z',
  agent_id: 'bot',
  session_id: 's1',
};
const build = (fields: Partial<EventFields>): PostedEventInput =>
  buildEvent({ ...BASE, ...fields }, { format: 'test', position: '/0', derived: ['/timestamp'] });

function nest(levels: number): JsonValue {
  return levels === 0 ? 1 : [nest(levels - 1)];
}

describe('building an event', () => {
  it('fits whatever a source says into the schema', () => {
    const text = fc.string({ unit: 'binary', maxLength: 600 });
    const fields = fc.record({
      agent_id: text,
      session_id: text,
      task_id: fc.option(text, { nil: undefined }),
      action: text,
      tool: fc.record({ name: text.filter((name) => name !== ''), call_id: text }),
      origin: fc.record({ service: text, host: text }),
      input: fc.jsonValue() as fc.Arbitrary<JsonValue>,
      metadata: fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<JsonObject>,
    });
    fc.assert(
      fc.property(fields, (some) => {
        const parsed = postedEvent.safeParse(build(some));
        assert.ok(parsed.success, parsed.error?.message);
        canonicalize(parsed.data as JsonValue);
      }),
    );
  });

  it('cuts a long name, keeps it whole in the metadata, and says so', () => {
    const name = 'x'.repeat(LIMITS.nameLength + 1);
    const event = build({ tool: { name, call_id: '' } });
    assert.deepEqual(event.tool, { name: name.slice(1) });
    assert.deepEqual(event.metadata, { source_values: { '/tool/name': name, '/tool/call_id': '' } });
    assert.deepEqual(event.source?.derived, ['/timestamp', '/tool/name', '/tool/call_id']);
  });

  it('tells long session ids apart that begin the same', () => {
    const long = 'é'.repeat(LIMITS.idPartBytes);
    const [one, other] = [build({ session_id: `${long}1` }), build({ session_id: `${long}2` })];
    assert.notEqual(one.session_id, other.session_id);
    assert.ok(one.source?.derived?.includes('/session_id'));
  });

  it('keeps a value that is nested too deeply as base64', () => {
    const deep = nest(LIMITS.depth);
    const kept = build({ output: deep }).output as { media_type: string; data: string };
    assert.equal(kept.media_type, 'application/json');
    assert.deepEqual(JSON.parse(Buffer.from(kept.data, 'base64').toString()), deep);
    assert.deepEqual(build({ output: nest(40) }).output, nest(40));
  });

  it('names the largest value by its digest where the event would be too large, and leaves the others', () => {
    const event = build({ output: 'x'.repeat(LIMITS.eventBytes), input: 'small' });
    assert.equal(event.input, 'small');
    assert.deepEqual((event.output as { size_bytes: number }).size_bytes, LIMITS.eventBytes);
    assert.deepEqual(event.source?.derived, ['/timestamp', '/output']);
  });

  it('leaves absent what is absent, and keeps null and empty', () => {
    const event = build({ input: null, output: '', model: undefined, usage: {}, metadata: {} });
    assert.deepEqual([event.input, event.output], [null, '']);
    for (const field of ['model', 'usage', 'metadata', 'context']) assert.ok(!(field in event), field);
  });
});

describe('ids of imported events', () => {
  it('are valid and different for different parts', () => {
    const part = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.nat());
    const parts = fc.array(part, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const ids = [ownId('test', ...one), ownId('test', ...other)];
        assert.ok(ids.every((id) => ownEventId.safeParse(id).success));
        assert.equal(ids[0] === ids[1], one.map(String).join('\0') === other.map(String).join('\0'));
      }),
    );
  });
});
