import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { CHAIN_START, LIMITS, postedEvent, sealEvent } from '../../core/index.js';
import type { ErrorCode, SealedEvent } from '../../core/index.js';
import type { Answer, Api } from '../support/api.js';
import { useGateways } from '../support/consortium.js';
import { chainOf, newEvent } from '../support/events.js';
import { itWithQueries } from '../support/network-under-test.js';
import { requestRaw, sendBytes } from '../support/raw-request.js';

const SESSION = 'well-known';
const JSON_TYPE = { 'content-type': 'application/json' };

interface BadInput {
  what: string;
  code: ErrorCode;
  /** Pointer that the problem must name. */
  pointer?: string;
  send: (api: Api) => Promise<Answer>;
}

const post = (body: unknown) => (api: Api) => api.post('/v1/events', body);
const text = (body: string) => (api: Api) => api.request('POST', '/v1/events', body, JSON_TYPE);
const get = (path: string) => (api: Api) => api.get(path);
const query = (body: unknown) => (api: Api) => api.post('/v1/events/query', body);

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}

function withInput(json: string): string {
  return JSON.stringify(newEvent({ input: 'PLACE' })).replace('"PLACE"', json);
}

function sealed(owner: string, seq: number, prevHash: string): SealedEvent {
  return sealEvent(postedEvent.parse(newEvent({ session_id: SESSION })), { owner, seq, prevHash }, () =>
    '0f'.repeat(16),
  );
}

const wrongHash = () => ({ ...sealed('OperatorMSP', 1, CHAIN_START), hash: 'f'.repeat(64) });
const wrongOpening = () => ({ ...sealed('OperatorMSP', 1, CHAIN_START), openings: {} });

const BAD_INPUTS: BadInput[] = [
  { what: 'malformed JSON', code: 'MALFORMED_JSON', send: text('{"event_type":') },
  {
    what: 'a body that is not UTF-8',
    code: 'MALFORMED_JSON',
    send: (api) => api.request('POST', '/v1/events', new Uint8Array([0x22, 0xff, 0x22]), JSON_TYPE),
  },
  { what: 'an empty body', code: 'MALFORMED_JSON', send: text('') },
  {
    what: 'a body that is not compressed as it says',
    code: 'INVALID_REQUEST',
    send: (api) => api.request('POST', '/v1/events', '{}', { ...JSON_TYPE, 'content-encoding': 'gzip' }),
  },
  { what: 'a parameter that objects reserve', code: 'INVALID_REQUEST', send: get('/v1/events?__proto__=x') },
  { what: 'a label that objects reserve', code: 'INVALID_QUERY', send: get('/v1/events?label.__proto__=x') },
  { what: 'a key twice', code: 'DUPLICATE_KEY', send: text(withInput('{"a":1,"a":2}')) },
  { what: 'an unknown field', code: 'INVALID_EVENT', pointer: '/colour', send: post({ ...newEvent(), colour: 1 }) },
  { what: 'a wrong type', code: 'INVALID_EVENT', pointer: '/agent_id', send: post({ ...newEvent(), agent_id: 7 }) },
  {
    what: 'a missing field',
    code: 'INVALID_EVENT',
    pointer: '/timestamp',
    send: post({ ...newEvent(), timestamp: undefined }),
  },
  {
    what: 'a day that does not exist',
    code: 'INVALID_EVENT',
    send: post(newEvent({ timestamp: '2026-02-30T00:00:00Z' })),
  },
  { what: 'an event that is no object', code: 'INVALID_EVENT', send: post(17) },
  {
    what: 'a time in the far future',
    code: 'TIME_IN_FUTURE',
    pointer: '/timestamp',
    send: post(newEvent({ timestamp: '2999-01-01T00:00:00Z' })),
  },
  { what: 'an oversized body', code: 'TOO_LARGE', send: post(newEvent({ input: 'x'.repeat(LIMITS.requestBytes) })) },
  { what: 'an oversized event', code: 'TOO_LARGE', send: post(newEvent({ input: 'x'.repeat(LIMITS.eventBytes) })) },
  { what: 'too many events', code: 'TOO_LARGE', send: post({ events: Array.from({ length: 1001 }, () => ({})) }) },
  { what: 'an empty batch', code: 'INVALID_REQUEST', send: post({ events: [] }) },
  {
    what: 'a batch with another field',
    code: 'INVALID_REQUEST',
    pointer: '/mode',
    send: post({ events: [], mode: 1 }),
  },
  { what: 'an inexact integer', code: 'INEXACT_NUMBER', pointer: '/input', send: text(withInput('9007199254740993')) },
  { what: 'a reserved key', code: 'UNSAFE_KEY', send: text(withInput('{"__proto__":{}}')) },
  { what: 'a lone surrogate', code: 'LONE_SURROGATE', send: text(withInput('"\\ud800"')) },
  { what: 'too much nesting', code: 'TOO_DEEP', send: text(withInput(nested(5000))) },
  {
    what: 'a wrong content type',
    code: 'UNSUPPORTED_MEDIA_TYPE',
    send: (api) => api.request('POST', '/v1/events', '{}', { 'content-type': 'text/plain' }),
  },
  {
    what: 'an id in use with other content',
    code: 'ID_CONFLICT',
    pointer: '/event_id',
    send: post(newEvent({ session_id: SESSION, event_id: 'used', input: 'other' })),
  },
  { what: 'an id in use in another session', code: 'ID_CONFLICT', send: post(newEvent({ event_id: 'used' })) },
  { what: 'a wrong hash', code: 'HASH_MISMATCH', pointer: '/sealed/hash', send: post({ sealed: wrongHash() }) },
  { what: 'openings that do not fit', code: 'COMMITMENT_MISMATCH', send: post({ sealed: wrongOpening() }) },
  {
    what: 'a place in the chain that is taken',
    code: 'CHAIN_BROKEN',
    send: post({ sealed: sealed('OperatorMSP', 1, CHAIN_START) }),
  },
  {
    what: 'a gap in the chain',
    code: 'CHAIN_BROKEN',
    send: post({ sealed: sealed('OperatorMSP', 9, 'a'.repeat(64)) }),
  },
  {
    what: 'a wrong previous hash',
    code: 'CHAIN_BROKEN',
    send: post({ sealed: sealed('OperatorMSP', 2, 'a'.repeat(64)) }),
  },
  {
    what: "another organization's session",
    code: 'NOT_OWNER',
    pointer: '/sealed/core/owner',
    send: post({ sealed: sealed('PartnerMSP', 1, CHAIN_START) }),
  },
  {
    what: 'a bad idempotency key',
    code: 'INVALID_REQUEST',
    send: (api) => api.post('/v1/events', newEvent(), { 'Idempotency-Key': 'with space' }),
  },
  {
    what: 'an unknown selector operator',
    code: 'INVALID_QUERY',
    send: query({ selector: { status: { $where: '1' } } }),
  },
  {
    what: 'an unknown selector field',
    code: 'INVALID_QUERY',
    pointer: '/selector/colour',
    send: query({ selector: { colour: 'red' } }),
  },
  { what: 'an unindexed sort', code: 'UNINDEXED_SORT', send: query({ selector: {}, sort: [{ confidence: 'asc' }] }) },
  {
    what: 'an unknown query parameter',
    code: 'INVALID_REQUEST',
    pointer: '/colour',
    send: get('/v1/events?colour=red'),
  },
  { what: 'a parameter given twice', code: 'INVALID_REQUEST', send: get('/v1/events?limit=1&limit=2') },
  { what: 'a limit beyond the limit', code: 'INVALID_REQUEST', pointer: '/limit', send: get('/v1/events?limit=1001') },
  { what: 'a made-up cursor', code: 'INVALID_CURSOR', send: get('/v1/events?cursor=abc') },
  { what: 'a made-up session cursor', code: 'INVALID_CURSOR', send: get(`/v1/sessions/${SESSION}?cursor=abc`) },
  {
    what: 'a made-up place in the stream',
    code: 'INVALID_CURSOR',
    send: (api) => api.get('/v1/stream', { 'Last-Event-ID': '1' }),
  },
  { what: 'an unknown id', code: 'NOT_FOUND', send: get('/v1/events/nobody-knows') },
  { what: 'an unknown locator', code: 'NOT_FOUND', send: get(`/v1/events/OperatorMSP~support-bot~${SESSION}~99`) },
  { what: 'a malformed locator', code: 'INVALID_ID', send: get('/v1/events/a~b~c~01') },
  { what: 'an id of encoded slashes', code: 'INVALID_ID', send: get('/v1/events/..%2F..%2Fetc%2Fpasswd') },
  { what: 'an id with a null byte', code: 'INVALID_ID', send: get('/v1/events/a%00b') },
  { what: 'an id that is not UTF-8', code: 'INVALID_ID', send: get('/v1/events/%ff') },
  { what: 'a query that is not UTF-8', code: 'INVALID_REQUEST', send: get('/v1/events?agent_id=%ff') },
  { what: 'a query with half an escape', code: 'INVALID_REQUEST', send: get('/v1/sessions?agent_id=a%') },
  { what: 'an unknown session', code: 'NOT_FOUND', send: get(`/v1/sessions/${chainOf('nobody-knows')}`) },
  { what: 'an unknown transaction', code: 'NOT_FOUND', send: get(`/v1/transactions/${'0'.repeat(64)}`) },
  { what: 'a malformed transaction id', code: 'INVALID_ID', send: get('/v1/transactions/xyz') },
  { what: 'an unknown path', code: 'NOT_FOUND', send: get('/v1/nothing') },
  { what: 'a wrong method', code: 'METHOD_NOT_ALLOWED', send: (api) => api.request('DELETE', '/v1/events/used') },
  {
    what: 'an attestation of an unknown kind',
    code: 'INVALID_REQUEST',
    pointer: '/kind',
    send: (api) => api.post('/v1/events/used/attestations', { kind: 'liked' }),
  },
];

describe('bad input', () => {
  const gateways = useGateways();

  before(async () => {
    await gateways().operator.record(newEvent({ session_id: SESSION, event_id: 'used' }));
  });

  for (const { what, code, pointer, send } of BAD_INPUTS) {
    it(`refuses ${what} as ${code} and changes nothing`, async () => {
      const { operator } = gateways();
      const height = await operator.height();
      const { problem, status, headers } = await send(operator);
      assert.equal(problem.code, code);
      assert.equal(problem.status, status);
      assert.equal(problem.type, `urn:agent-audit-ledger:error:${code}`);
      assert.equal(problem.request_id, headers.get('x-request-id'));
      if (pointer !== undefined) assert.deepEqual([problem.errors?.[0]?.pointer], [pointer]);
      assert.equal(await operator.height(), height);
    });
  }

  it('takes a path with dot segments for no other path', async () => {
    const { operator } = gateways();
    for (const path of [
      '/v1/events/../ledger',
      '/v1/events/..',
      '/v1/./ledger',
      '//v1/ledger',
      '/docs/../../package.json',
    ]) {
      const { status } = await requestRaw(operator.url, path, operator.token ?? '');
      assert.ok(status === 400 || status === 404, `${path}: ${status}`);
    }
  });

  it('answers what is no request with a problem too', async () => {
    const { operator } = gateways();
    const oversized = `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(32_768)}\r\n\r\n`;
    for (const [bytes, code] of [
      ['nonsense\r\n\r\n', 'INVALID_REQUEST'],
      [oversized, 'TOO_LARGE'],
      ['GET http://[/v1/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 'INVALID_REQUEST'],
    ] as const) {
      const answer = await sendBytes(operator.url, bytes);
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      assert.match(head, /^content-type: application\/problem\+json$/im);
      assert.match(body, new RegExp(`"code":"${code}"`));
    }
  });

  itWithQueries('knows no session by a name that nobody has used', async () => {
    assert.equal((await gateways().operator.get('/v1/sessions/nobody-knows')).problem.code, 'NOT_FOUND');
  });

  itWithQueries('refuses the cursor of another query', async () => {
    const { operator } = gateways();
    await operator.record(newEvent({ session_id: SESSION }));
    const page = (await operator.read(`/v1/events?session_id=${SESSION}&limit=1`)) as { next_cursor: string };
    const { problem } = await operator.get(`/v1/events?agent_id=other&limit=1&cursor=${page.next_cursor}`);
    assert.equal(problem.code, 'INVALID_CURSOR');
  });

  it('tells nothing of itself: no stack, no path, no framework', async () => {
    const { operator } = gateways();
    for (const { send } of BAD_INPUTS.slice(0, 12)) {
      const answer = await send(operator);
      assert.doesNotMatch(answer.text, /\bat .*:\d+:\d+|node_modules|\/dist\//);
      assert.equal(answer.headers.get('x-powered-by'), null);
    }
  });

  it('refuses a thousand at once, each as itself, and goes on', async () => {
    const { operator } = gateways();
    const height = await operator.height();
    const small = BAD_INPUTS.filter(({ what }) => !what.startsWith('an oversized'));
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, index) => {
        const bad = small[index % small.length] ?? assert.fail();
        return bad.send(operator).then((answer) => [answer.problem.code, bad.code]);
      }),
    );
    for (const [found, expected] of answers) assert.equal(found, expected);
    assert.equal(await operator.height(), height);
    await operator.record(newEvent());
  }).timeout(60_000);
});
