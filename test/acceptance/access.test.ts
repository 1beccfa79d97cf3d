import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { join } from 'node:path';
import { before, describe, it } from 'mocha';
import { signRegistration } from '../../core/index.js';
import { ConfigError, startGateway } from '../../gateway/index.js';
import { SCOPES } from '../../gateway/http/tokens.js';
import type { Scope } from '../../gateway/http/tokens.js';
import type { StoredEvent } from '../../gateway/routes/stored-event.js';
import { createOrganization } from '../../network/identities/index.js';
import { newSigner } from '../support/agent-signer.js';
import { Api } from '../support/api.js';
import { useGateways, writeTokens } from '../support/consortium.js';
import { chainOf, newEvent } from '../support/events.js';
import { itWithQueries } from '../support/network-under-test.js';

const KEYS = '/v1/agents/support-bot/keys';
const KEY_ID = 'A'.repeat(43);

describe('access', () => {
  const gateways = useGateways();
  let url = '';
  let tokensFile = '';

  function rewriteTokens(): Record<Scope | 'billing' | 'all', Api> {
    const specs = [
      ...SCOPES.map((scope) => ({ subject: scope, agents: '*', scopes: [scope] })),
      { subject: 'billing', agents: 'billing-*', scopes: SCOPES },
      { subject: 'all', agents: '*', scopes: SCOPES },
    ];
    const tokens = writeTokens(tokensFile, specs);
    return Object.fromEntries(specs.map(({ subject }, index) => [subject, new Api(url, tokens[index])])) as ReturnType<
      typeof rewriteTokens
    >;
  }

  before(async () => {
    const { consortium } = gateways();
    url = (await consortium.startGateway('operator', 'access')).url;
    ({ tokensFile } = consortium.config('operator', 'access'));
  });

  it('takes a changed tokens file without a restart', async () => {
    const first = rewriteTokens();
    await untilAccepted(first.all);
    const second = rewriteTokens();
    await untilAccepted(second.all);
    assert.equal((await first.all.get('/v1/ledger')).problem.code, 'UNAUTHENTICATED');
  });

  it('lets nobody in without a valid token', async () => {
    for (const [token, path] of [
      [undefined, '/v1/events'],
      ['guess', '/v1/ledger'],
      ['', '/v1/nothing'],
    ] as const) {
      const answer = await new Api(url, token).get(path);
      assert.equal(answer.problem.code, 'UNAUTHENTICATED');
      assert.equal(answer.status, 401);
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
    }
  });

  it('grants each scope what is its own and nothing else', async () => {
    const { write, read, attest, admin, all } = rewriteTokens();
    await untilAccepted(all);
    const { locator } = await write.record(newEvent());
    assert.equal((await read.get(`/v1/events/${locator}`)).status, 200);
    assert.equal((await attest.post(`/v1/events/${locator}/attestations`, { kind: 'reviewed' })).status, 201);
    const forbidden = [
      write.get(`/v1/events/${locator}`),
      read.post('/v1/events', newEvent()),
      read.post(`/v1/events/${locator}/attestations`, { kind: 'reviewed' }),
      admin.get('/v1/ledger'),
      admin.post('/v1/events', newEvent()),
      attest.get('/v1/stream'),
      write.get(KEYS),
      ...[read, attest, admin].flatMap((api) => [api.post(KEYS, {}), api.post(`${KEYS}/${KEY_ID}/revoke`, {})]),
    ];
    for (const answer of await Promise.all(forbidden)) assert.equal(answer.problem.code, 'FORBIDDEN');
  });

  itWithQueries("holds a token to its agents' events, writing and reading", async () => {
    const { billing, all } = rewriteTokens();
    await untilAccepted(all);
    const own = await billing.record(newEvent({ agent_id: 'billing-7', session_id: 'mixed' }));
    const other = await all.record(newEvent({ agent_id: 'support-bot', session_id: 'mixed' }));
    assert.equal((await billing.post('/v1/events', newEvent())).problem.code, 'FORBIDDEN');
    assert.equal((await billing.get(`/v1/events/${own.locator}`)).status, 200);
    assert.equal((await billing.get(`/v1/events/${other.locator}`)).problem.code, 'FORBIDDEN');
    assert.equal((await billing.get(`/v1/events/${other.locator}/history`)).problem.code, 'FORBIDDEN');
    assert.equal((await billing.get('/v1/events?agent_id=support-bot')).problem.code, 'FORBIDDEN');
    const page = (await billing.read('/v1/events')) as { events: StoredEvent[] };
    assert.deepEqual([...new Set(page.events.map(({ event }) => event.agent_id))], ['billing-7']);
    const path = (await billing.read('/v1/sessions/mixed')) as { chains: { agent_id: string }[] };
    assert.deepEqual(
      path.chains.map(({ agent_id }) => agent_id),
      ['billing-7'],
    );
  });

  it("holds a token to its agents' keys", async () => {
    const { billing, all } = rewriteTokens();
    await untilAccepted(all);
    const ownKeys = '/v1/agents/billing-7/keys';
    const keyOf = (agent_id: string) =>
      signRegistration({ owner: 'OperatorMSP', agent_id, required: false }, newSigner());
    assert.equal((await billing.post(ownKeys, keyOf('billing-7'))).status, 201);
    assert.equal((await billing.get(ownKeys)).status, 200);
    const forbidden = [
      billing.post(KEYS, keyOf('support-bot')),
      billing.get(`${KEYS}?owner=PartnerMSP`),
      billing.post(`${KEYS}/${KEY_ID}/revoke`, {}),
    ];
    for (const answer of await Promise.all(forbidden)) assert.equal(answer.problem.code, 'FORBIDDEN');
  });

  it('keeps the subject of the token with what it recorded', async () => {
    const { all, write } = rewriteTokens();
    await untilAccepted(all);
    const { locator } = await write.record(newEvent());
    assert.equal(((await all.read(`/v1/events/${locator}`)) as StoredEvent).submitted_by, 'write');
  });

  it('limits the rate of one token and leaves the others alone', async () => {
    const { consortium } = gateways();
    const strict = await consortium.startGateway('operator', 'strict', { limits: { requestsPerMinute: 5 } });
    const answers = await Promise.all(Array.from({ length: 12 }, () => strict.get('/v1/ledger')));
    const refused = answers.filter(({ status }) => status === 429);
    assert.equal(refused.length, 7);
    for (const answer of refused) {
      assert.equal(answer.problem.code, 'TOO_MANY_REQUESTS');
      assert.ok(Number(answer.headers.get('retry-after')) > 0);
    }
  });

  it('limits guessing, and whoever has a token does not feel it', async () => {
    const { consortium } = gateways();
    const api = await consortium.startGateway('operator', 'guessed', { limits: { strangersPerMinute: 5 } });
    const stranger = new Api(api.url, 'guess');
    const codes = (await Promise.all(Array.from({ length: 8 }, () => stranger.get('/v1/ledger')))).map(
      ({ problem }) => problem.code,
    );
    assert.equal(codes.filter((code) => code === 'UNAUTHENTICATED').length, 5);
    assert.equal(codes.filter((code) => code === 'TOO_MANY_REQUESTS').length, 3);
    assert.equal((await api.get('/v1/ledger')).status, 200);
  });

  it('speaks TLS', async () => {
    const { consortium } = gateways();
    const dir = join(consortium.dir, 'tls');
    const { clients, tlsCaCertificatePem } = await createOrganization(
      { name: 'tls', mspId: 'TlsMSP', domain: 'tls.example', clients: ['gateway'] },
      { dir, demo: true },
    );
    const { certificatePem, privateKeyPem } = clients[0]?.tls ?? assert.fail();
    const tls = { certificate: join(dir, 'cert.pem'), privateKey: join(dir, 'key.pem') };
    writeFileSync(tls.certificate, certificatePem);
    writeFileSync(tls.privateKey, privateKeyPem);
    const { url } = await consortium.startGateway('operator', 'with-tls', { tls });
    assert.match(url, /^https:/);
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { ca: tlsCaCertificatePem, checkServerIdentity: () => undefined };
      get(`${url}/healthz`, options, resolve).on('error', reject);
    });
    answer.resume();
    assert.equal(answer.statusCode, 200);
    assert.match(answer.headers['strict-transport-security'] ?? '', /max-age/);
  });

  it('turns work away before it drowns in it', async () => {
    const { consortium } = gateways();
    const small = await consortium.startGateway('operator', 'small', { limits: { queuedEvents: 10 } });
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => small.post('/v1/events', newEvent({ session_id: 'one' }))),
    );
    const refused = answers.filter(({ status }) => status === 429);
    assert.ok(refused.length > 0);
    for (const answer of refused) {
      assert.equal(answer.problem.code, 'OVERLOADED');
      assert.ok(answer.headers.has('retry-after'));
    }
    const recorded = answers.filter(({ status }) => status === 201).length;
    assert.equal(recorded + refused.length, 60);
    const path = (await small.read(`/v1/sessions/${chainOf('one')}`)) as { summary: { events: number } };
    assert.equal(path.summary.events, recorded);
  });

  it('refuses to start where it would be unsafe or cannot work', async () => {
    const config = gateways().consortium.config('operator', 'refused');
    writeTokens(config.tokensFile, []);
    const { tokensFile, ...open } = config;
    const cases: [string, RegExp, () => Promise<unknown>][] = [
      [
        'no tokens beyond loopback',
        /needs both a tokens file and TLS/,
        () => startGateway({ ...open, host: '0.0.0.0' }),
      ],
      [
        'no TLS beyond loopback',
        /needs both a tokens file and TLS/,
        () => startGateway({ ...config, host: '0.0.0.0' }),
      ],
      ['no profile', /cannot be read/, () => startGateway({ ...config, profile: '/nowhere/connection.json' })],
      [
        'a used journal',
        /in use by another gateway/,
        () => startGateway(gateways().consortium.config('operator', 'operator')),
      ],
      ['a used port', /cannot listen/, () => startGateway({ ...config, port: Number(new URL(url).port) })],
    ];
    for (const [what, message, start] of cases) {
      await assert.rejects(start, (error) => error instanceof ConfigError && message.test(error.message), what);
    }
    chmodSync(tokensFile, 0o644);
    await assert.rejects(startGateway(config), /can be read by others/);
  });
});

/** The file is looked at once a second at most. */
async function untilAccepted(api: Api): Promise<void> {
  while ((await api.get('/v1/ledger')).status === 401) await new Promise((resolve) => setTimeout(resolve, 50));
}
