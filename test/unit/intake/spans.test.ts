import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { JsonObject, JsonValue } from '../../../core/index.js';
import { decodeProtobuf, encodeResponse, encodeStatus, mapSpan, readSpans } from '../../../intake/index.js';
import { ExportTraceServiceRequest, ExportTraceServiceResponse, RpcStatus } from '../../../intake/otlp/descriptor.js';
import { Attributes } from '../../../intake/spans/attributes.js';
import { classify } from '../../../intake/spans/classify.js';
import { timeOfNanos } from '../../../intake/spans/span.js';
import { fixture, map } from './sources.js';

describe('what a span is', () => {
  const kind = (attributes: JsonObject, isRoot = true, hasOutput = true) =>
    classify(new Attributes(attributes), { isRoot, hasOutput });

  it('follows the conventions of OpenTelemetry, OpenInference and the AI SDK', () => {
    assert.equal(kind({ 'gen_ai.operation.name': 'chat' }), 'model_call');
    assert.equal(kind({ 'gen_ai.operation.name': 'execute_tool' }), 'tool_call');
    assert.equal(kind({ 'gen_ai.operation.name': 'plan' }), 'reasoning_step');
    assert.equal(kind({ 'openinference.span.kind': 'LLM' }), 'model_call');
    assert.equal(kind({ 'openinference.span.kind': 'GUARDRAIL' }), 'guardrail_check');
    assert.equal(kind({ 'ai.operationId': 'ai.toolCall' }), 'tool_call');
    assert.equal(kind({ 'mcp.method.name': 'tools/call' }), 'tool_call');
    assert.equal(kind({ 'http.request.method': 'GET' }), 'otel.span');
    assert.equal(kind({ 'gen_ai.operation.name': 'constructor' }), 'otel.span');
  });

  it('takes an agent with an answer for a decision at the root, for a message below it', () => {
    const agent = { 'gen_ai.operation.name': 'invoke_agent' };
    assert.deepEqual(
      [kind(agent), kind(agent, false), kind(agent, true, false)],
      ['final_decision', 'agent_message', 'otel.span'],
    );
  });
});

describe('dumps of spans', () => {
  const { events, report } = map(fixture('otel-spans.json'));
  const [chat, agent] = events;

  it('become events in order of their ends', () => {
    assert.deepEqual(
      [chat?.timestamp, agent?.timestamp],
      ['2026-02-03T15:19:54.021415667Z', '2026-02-03T15:19:55.000000000Z'],
    );
    assert.equal(chat?.parent_event_id, agent?.event_id);
    assert.deepEqual(report.skipped, { 'not-a-span': 1 });
  });

  it('keep model, usage, cost, session and what is left over', () => {
    assert.deepEqual(chat?.model, { name: 'small-model' });
    assert.deepEqual(chat.usage, { input_tokens: 14, output_tokens: 20, cost: { amount: 0.002, currency: 'USD' } });
    assert.equal(chat.session_id, 'chat-42');
    assert.deepEqual((chat.metadata as { attributes: JsonObject }).attributes, {
      'openinference.span.kind': 'LLM',
      'user.id': 'u-1',
      'input.mime_type': 'application/json',
    });
  });

  it('say where the agent was derived, and not where it was read', () => {
    assert.deepEqual(
      [chat?.agent_id, chat?.source?.derived],
      ['unknown_service', ['/agent_id', '/usage/cost/currency']],
    );
    assert.deepEqual([agent?.agent_id, agent?.source?.derived, agent?.origin], ['support', [], { service: 'desk' }]);
  });
});

describe('OTLP', () => {
  const { events, report } = map(fixture('otlp.json'));
  const [event] = events;

  it('keeps ids, times, tool, agent, session and status of a span', () => {
    assert.equal(event?.event_id, 'otlp:5b8efff798038103d269b633813fc60c:eee19b7ec3c1b174');
    assert.equal(event.parent_event_id, 'otlp:5b8efff798038103d269b633813fc60c:eee19b7ec3c1b173');
    assert.deepEqual(event.tool, { name: 'refund', call_id: 'call_1' });
    assert.deepEqual([event.agent_id, event.session_id], ['planner', 'conv-1']);
    assert.deepEqual(
      [event.started_at, event.timestamp],
      ['2026-02-03T15:19:52.242000001Z', '2026-02-03T15:19:53.242000002Z'],
    );
    assert.deepEqual([event.status, event.error], ['error', { type: 'PaymentError', message: 'card declined' }]);
    assert.deepEqual(event.origin, { service: 'desk', environment: 'staging' });
    assert.deepEqual(event.links, [
      { event_id: 'otlp:5b8efff798038103d269b633813fc60d:eee19b7ec3c1b170', rel: 'link' },
    ]);
    assert.deepEqual(event.source?.derived, []);
    assert.deepEqual(report.skipped, { 'not-a-span': 1 });
  });

  it('keeps attributes that JSON cannot hold as base64', () => {
    const { attributes } = event?.metadata as { attributes: Record<string, { data: string } & JsonObject> };
    const bytes = (key: string) => Buffer.from(attributes[key]?.data ?? '', 'base64');
    assert.equal(bytes('big').toString(), '9007199254740993');
    assert.equal(bytes('ratio').toString(), 'NaN');
    assert.deepEqual([...bytes('blob')], [0, 1, 2]);
    assert.deepEqual([attributes['list'], attributes['map']], [[1, true], { a: 1.5 }]);
  });

  it('means the same in protobuf and in JSON', () => {
    const request = JSON.parse(fixture('otlp.json').text) as JsonObject;
    const bytes = ExportTraceServiceRequest.encode(
      ExportTraceServiceRequest.fromObject(toProtobufObject(request) as JsonObject),
    ).finish();
    const spans = readSpans(decodeProtobuf(bytes)) ?? [];
    assert.deepEqual(spans[0] && mapSpan(spans[0], 'otlp'), event);
    assert.equal(spans[1], null);
  });

  it('reads times that came as numbers', () => {
    const text = fixture('otlp.json').text.replace('"1770131992242000001"', '1770131992242000001');
    assert.equal(map({ name: '', lines: false, text }).events[0]?.started_at, event?.started_at);
  });

  it('refuses bytes that are no request, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          readSpans(decodeProtobuf(bytes));
        } catch (error) {
          assert.equal((error as { code: string }).code, 'INVALID_REQUEST');
        }
      }),
    );
  });

  it('refuses values that are nested without end', () => {
    let value: Uint8Array = new Uint8Array();
    const wrap = (field: number, content: Uint8Array) =>
      Uint8Array.from([(field << 3) | 2, ...lengthOf(content.length), ...content]);
    for (let level = 0; level < 2000; level++) value = wrap(5, wrap(1, value)); // arrayValue { values }
    const attribute = wrap(9, Uint8Array.from([...wrap(1, Buffer.from('k')), ...wrap(2, value)]));
    assert.throws(() => decodeProtobuf(wrap(1, wrap(2, wrap(2, attribute)))), { code: 'INVALID_REQUEST' });
  });

  it('writes its answers so that they can be read', () => {
    const answer = { partialSuccess: { rejectedSpans: '2', errorMessage: 'no' } };
    assert.deepEqual(
      ExportTraceServiceResponse.toObject(ExportTraceServiceResponse.decode(encodeResponse(answer)), { longs: String }),
      answer,
    );
    assert.equal(encodeResponse({}).length, 0);
    assert.deepEqual(RpcStatus.toObject(RpcStatus.decode(encodeStatus({ code: 3, message: 'no' }))), {
      code: 3,
      message: 'no',
    });
  });

  it('tells a time that is not set from one that is', () => {
    assert.equal(timeOfNanos(0n), undefined);
    assert.equal(timeOfNanos(1n), '1970-01-01T00:00:00.000000001Z');
    assert.equal(timeOfNanos(18_446_744_073_709_551_615n), '2554-07-21T23:34:33.709551615Z');
  });
});

/** OTLP's JSON mapping as protobufjs takes it: ids as bytes, not as hex. */
function toProtobufObject(value: JsonValue, key = ''): unknown {
  if (typeof value === 'string' && /[tT]raceId$|[sS]panId$/.test(key)) return Buffer.from(value, 'hex');
  if (Array.isArray(value)) return value.map((item) => toProtobufObject(item));
  if (typeof value !== 'object' || value === null) return value === 'NaN' ? NaN : value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toProtobufObject(member, name)]));
}

function lengthOf(length: number): number[] {
  return length < 0x80 ? [length] : [(length & 0x7f) | 0x80, ...lengthOf(length >> 7)];
}
