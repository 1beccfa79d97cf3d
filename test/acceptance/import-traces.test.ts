import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { SpanStatusCode } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { SpanExporter } from '@opentelemetry/sdk-trace-node';
import { describe, it } from 'mocha';
import { RpcStatus } from '../../intake/otlp/descriptor.js';
import type { StoredEvent } from '../../gateway/routes/stored-event.js';
import { Api } from '../support/api.js';
import { useGateways, writeTokens } from '../support/consortium.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const span = (spanId: string, fields: object = {}) => ({
  traceId: TRACE,
  spanId,
  name: 'step',
  startTimeUnixNano: '1770131992242000000',
  endTimeUnixNano: '1770131993242000000',
  ...fields,
});
const request = (...spans: object[]) => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] });

/** What an agent does that knows nothing but the variables that OpenTelemetry defines. */
async function withEnvironment<T>(operator: Api, run: () => T): Promise<Awaited<T>> {
  const variables = {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${operator.url}/v1/traces`,
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${operator.token ?? ''}`,
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
  };
  Object.assign(process.env, variables);
  try {
    return await run();
  } finally {
    for (const name of Object.keys(variables)) Reflect.deleteProperty(process.env, name);
  }
}

describe('POST /v1/traces', () => {
  const gateways = useGateways();

  for (const [encoding, Exporter] of [
    ['protobuf', ProtobufExporter],
    ['JSON', JsonExporter],
  ] as const) {
    it(`records what the OpenTelemetry SDK exports in ${encoding}, by its environment variables alone`, async () => {
      const { operator } = gateways();
      const exporter: SpanExporter = await withEnvironment(operator, () => new Exporter());
      const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
      const tracer = provider.getTracer('test');
      const tool = tracer.startSpan('execute_tool refund', {
        attributes: {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': 'refund',
          'gen_ai.tool.call.arguments': '{"order":"A-17"}',
          'gen_ai.tool.call.result': '{"refunded":true}',
          'gen_ai.agent.name': 'planner',
          'gen_ai.conversation.id': `conversation-${encoding}`,
        },
      });
      tool.setStatus({ code: SpanStatusCode.OK });
      tool.end();
      await provider.shutdown();
      const { traceId, spanId } = tool.spanContext();
      const { event, locator } = (await operator.read(
        `/v1/events/otlp:${traceId}:${spanId}?include=payload`,
      )) as StoredEvent;
      assert.equal(locator, `OperatorMSP~planner~conversation-${encoding}~1`);
      assert.deepEqual([event.event_type, event.tool, event.status], ['tool_call', { name: 'refund' }, 'ok']);
      assert.deepEqual([event.input, event.output], [{ order: 'A-17' }, { refunded: true }]);
    });
  }

  it('changes nothing when an export is tried again, in whatever grouping', async () => {
    const { operator } = gateways();
    const spans = ['00000000000000a1', '00000000000000a2', '00000000000000a3'].map((id) => span(id));
    const first = await operator.post('/v1/traces', request(...spans.slice(0, 2)));
    assert.deepEqual([first.status, first.json()], [200, {}]);
    await operator.post('/v1/traces', request(...spans));
    const height = await operator.height();
    const again = await operator.post('/v1/traces', request(...[...spans].reverse()));
    assert.deepEqual([again.status, again.json()], [200, {}]);
    assert.equal(await operator.height(), height);
  });

  it('takes gzip', async () => {
    const { operator } = gateways();
    const body = gzipSync(JSON.stringify(request(span('00000000000000b1'))));
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const answer = await operator.request('POST', '/v1/traces', Uint8Array.from(body), headers);
    assert.equal(answer.status, 200, answer.text);
    assert.equal((await operator.get(`/v1/events/otlp:${TRACE}:00000000000000b1`)).status, 200);
  });

  it('rejects single spans and says how many and why', async () => {
    const { operator } = gateways();
    const other = span('00000000000000c1');
    await operator.post('/v1/traces', request(other));
    const answer = await operator.post(
      '/v1/traces',
      request({ ...other, name: 'another name' }, span('bad'), span('00000000000000c2')),
    );
    const { partialSuccess } = answer.json() as { partialSuccess: { rejectedSpans: string; errorMessage: string } };
    assert.deepEqual([answer.status, partialSuccess.rejectedSpans], [200, '2']);
    assert.match(partialSuccess.errorMessage, /valid trace id/);
    assert.equal((await operator.get(`/v1/events/otlp:${TRACE}:00000000000000c2`)).status, 200);
  });

  it('takes what comes with a token of one agent for that agent', async () => {
    const { consortium } = gateways();
    const config = consortium.config('operator', 'one-agent');
    const { url } = await consortium.startGateway('operator', 'one-agent');
    const [token] = writeTokens(config.tokensFile, [{ subject: 'bot', agents: 'bot-7', scopes: ['write', 'read'] }]);
    const bot = new Api(url, token);
    while ((await bot.get('/v1/ledger')).status === 401) await setTimeout(50); // the tokens file is read again
    assert.deepEqual((await bot.post('/v1/traces', request(span('00000000000000d1')))).json(), {});
    const { event } = (await bot.read(`/v1/events/otlp:${TRACE}:00000000000000d1`)) as StoredEvent;
    assert.equal(event.agent_id, 'bot-7');
  });

  it('refuses as OTLP says: a status in the encoding of the request', async () => {
    const { operator, auditor } = gateways();
    const bad = await operator.request('POST', '/v1/traces', '{', { 'content-type': 'application/json' });
    assert.deepEqual([bad.status, (bad.json() as { code: number }).code], [400, 3]);
    const headers = { 'content-type': 'application/x-protobuf' };
    const response = await fetch(`${operator.url}/v1/traces`, {
      method: 'POST',
      headers,
      body: Uint8Array.of(0x0a, 0xff),
    });
    assert.equal(response.status, 401);
    assert.equal(response.headers.get('content-type'), 'application/x-protobuf');
    const status = RpcStatus.toObject(RpcStatus.decode(new Uint8Array(await response.arrayBuffer())));
    assert.equal(status['code'], 16);
    assert.equal((await operator.request('POST', '/v1/traces', 'x', { 'content-type': 'text/plain' })).status, 415);
    assert.equal((await operator.request('POST', '/v1/traces', Uint8Array.of(0x0a, 0xff), headers)).status, 400);
    assert.equal((await auditor.get('/v1/traces')).problem.code, 'METHOD_NOT_ALLOWED');
  });
});
