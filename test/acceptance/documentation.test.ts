import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { postedEvent } from '../../core/index.js';
import { useGateways } from '../support/consortium.js';
import { newEvent } from '../support/events.js';
import { HAS_QUERIES } from '../support/network-under-test.js';

interface DescribedOperation {
  operationId: string;
  tags: string[];
  parameters: { name: string; in: string }[];
  requestBody?: { content: Record<string, { example?: unknown }> };
}

interface Document {
  openapi: string;
  paths: Record<string, Record<string, DescribedOperation>>;
  components: { schemas: Record<string, { properties?: Record<string, unknown> }> };
}

/** Every endpoint of the interface, with what may stand behind the question mark. */
const ENDPOINTS: Record<string, string[]> = {
  'post /v1/events': ['atomic'],
  'get /v1/events': [
    'agent_id',
    'session_id',
    'event_type',
    'tool',
    'status',
    'from',
    'to',
    'recorded_from',
    'recorded_to',
    'confidence_lt',
    'confidence_gte',
    'order',
    'limit',
    'cursor',
  ],
  'post /v1/events/query': [],
  'get /v1/events/{id}': ['include'],
  'get /v1/events/{id}/history': ['limit', 'cursor'],
  'get /v1/events/{id}/evidence': ['challenge', 'include'],
  'post /v1/events/{id}/attestations': [],
  'get /v1/sessions': ['agent_id', 'limit', 'cursor'],
  'get /v1/sessions/{id}': ['limit', 'cursor'],
  'get /v1/transactions/{id}': [],
  'get /v1/ledger': [],
  'post /v1/traces': [],
  'get /v1/stream': ['agent_id', 'session_id', 'event_type'],
  'get /healthz': [],
  'get /readyz': [],
  'get /metrics': [],
};

describe('what the gateway says about itself', () => {
  const gateways = useGateways();

  async function readDocument(): Promise<Document> {
    return (await gateways().operator.read('/openapi.json')) as Document;
  }

  it('describes every endpoint and parameter', async () => {
    const { paths, openapi } = await readDocument();
    assert.match(openapi, /^3\.1\./);
    for (const [endpoint, parameters] of Object.entries(ENDPOINTS)) {
      const [method = '', path = ''] = endpoint.split(' ');
      const names = paths[path]?.[method]?.parameters.filter((one) => one.in === 'query').map(({ name }) => name) ?? [];
      assert.ok(paths[path]?.[method], endpoint);
      for (const parameter of parameters) assert.ok(names.includes(parameter), `${endpoint}: ${parameter}`);
    }
  });

  it('describes nothing that is not there', async () => {
    const { paths } = await readDocument();
    const { operator } = gateways();
    for (const [path, methods] of Object.entries(paths)) {
      for (const method of Object.keys(methods)) {
        if (path === '/v1/stream') continue;
        const answer = await operator.request(method.toUpperCase(), path.replace('{id}', 'x'));
        assert.ok(!/There is no such path/.test(answer.text) && answer.status !== 405, `${method} ${path}`);
      }
    }
  });

  it('refers to nothing that it does not define, and describes the event by its own schema', async () => {
    const document = await readDocument();
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
    assert.ok(references.length > 10);
    for (const [, name] of references) assert.ok(document.components.schemas[name ?? ''], name);
    assert.deepEqual(
      Object.keys(document.components.schemas['Event']?.properties ?? {}).sort(),
      Object.keys(postedEvent.shape).sort(),
    );
  });

  it('shows a page that loads nothing from elsewhere', async () => {
    const { operator } = gateways();
    const page = await operator.get('/docs');
    assert.equal(page.status, 200);
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/);
    assert.doesNotMatch(page.text, /https?:\/\//);
    for (const [, path = ''] of page.text.matchAll(/(?:src|href)="([^"]+)"/g)) {
      assert.equal((await operator.get(path)).status, 200, path);
    }
  });

  it('is healthy, ready and measured without a token', async () => {
    const { operator } = gateways();
    await operator.record(newEvent());
    const stranger = (path: string) => fetch(operator.url + path);
    assert.equal((await stranger('/healthz')).status, 200);
    assert.equal((await stranger('/readyz')).status, 200);
    const metrics = await (await stranger('/metrics')).text();
    assert.match(metrics, /audit_gateway_events_total\{status="recorded"\} 1\n/);
    assert.match(
      metrics,
      /audit_gateway_http_request_duration_seconds_count\{method="POST",route="\/events",status="201"\} 1/,
    );
    assert.match(metrics, /audit_gateway_queued_events 0\n/);
  });

  it('sends its security headers with every answer', async () => {
    for (const path of ['/v1/ledger', '/healthz', '/nothing']) {
      const { headers } = await gateways().operator.get(path);
      assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/);
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.equal(headers.get('cache-control'), 'no-store');
      assert.match(headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/);
    }
  });

  it('shows examples that work as they stand, and finds each operation by a tag', async () => {
    const { paths } = await readDocument();
    const { operator } = gateways();
    const target = await operator.record(newEvent());
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, { tags, requestBody }] of Object.entries(methods)) {
        assert.equal(tags.length, 1, path);
        for (const [type, { example }] of Object.entries(requestBody?.content ?? {})) {
          // Bytes of another standard; what only an agent's own key, or peers, can sign.
          if (['/v1/traces', '/v1/checkpoints'].includes(path) || path.startsWith('/v1/agents/')) continue;
          const body = typeof example === 'string' ? example : JSON.stringify(example);
          const where = path.replace('{id}', target.locator);
          const answer = await operator.request(method.toUpperCase(), where, body, { 'content-type': type });
          if (!HAS_QUERIES && answer.status === 501) continue;
          assert.ok(answer.status < 300, `${path} ${type}: ${answer.text}`);
          assert.doesNotMatch(answer.text, /"invalid":1/);
        }
      }
    }
  });
});
