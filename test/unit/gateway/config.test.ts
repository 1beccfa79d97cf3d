import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ConfigError, readConfig } from '../../../gateway/index.js';

const BASE = { GATEWAY_PROFILE: 'connection.json', GATEWAY_DATA_DIR: 'data' };
const TLS = { GATEWAY_TLS_CERTIFICATE: 'cert.pem', GATEWAY_TLS_KEY: 'key.pem' };

describe("the gateway's configuration", () => {
  it('listens on loopback unless it is told otherwise', () => {
    const { host, port, timeouts } = readConfig(BASE);
    assert.equal(host, '127.0.0.1');
    assert.equal(port, 3000);
    assert.ok(timeouts.answerMs > 0);
  });

  it('takes what the environment says', () => {
    const config = readConfig({
      ...BASE,
      ...TLS,
      GATEWAY_HOST: '0.0.0.0',
      GATEWAY_PORT: '8443',
      GATEWAY_TOKENS: 'tokens.json',
      GATEWAY_LOG_LEVEL: 'warn',
      GATEWAY_REQUESTS_PER_MINUTE: '30',
      GATEWAY_VERIFY: 'off',
      GATEWAY_CHECKPOINT_SECONDS: '60',
      GATEWAY_ATTEST_SECONDS: '0',
      GATEWAY_PARTNERS: 'partners.json',
    });
    assert.deepEqual(config.witness, { verify: false, share: 0.25, checkpointMs: 60_000, attestMs: 0 });
    assert.equal(config.partnersFile, 'partners.json');
    assert.equal(config.port, 8443);
    assert.deepEqual(config.tls, { certificate: 'cert.pem', privateKey: 'key.pem' });
    assert.equal(config.logLevel, 'warn');
    assert.equal(config.limits.requestsPerMinute, 30);
  });

  const REFUSED: [string, NodeJS.ProcessEnv, RegExp][] = [
    ['no profile', { GATEWAY_DATA_DIR: 'data' }, /GATEWAY_PROFILE/],
    ['a port that is none', { ...BASE, GATEWAY_PORT: '99999' }, /port/],
    ['a port in words', { ...BASE, GATEWAY_PORT: 'http' }, /GATEWAY_PORT/],
    ['an unknown log level', { ...BASE, GATEWAY_LOG_LEVEL: 'loud' }, /logLevel/],
    ['a switch that is neither on nor off', { ...BASE, GATEWAY_VERIFY: 'maybe' }, /GATEWAY_VERIFY/],
    ['a certificate without its key', { ...BASE, GATEWAY_TLS_CERTIFICATE: 'cert.pem' }, /belong together/],
    ['the world without tokens and TLS', { ...BASE, GATEWAY_HOST: '0.0.0.0' }, /both a tokens file and TLS/],
    ['the world without TLS', { ...BASE, GATEWAY_HOST: '::', GATEWAY_TOKENS: 't' }, /both a tokens file and TLS/],
    ['the world without tokens', { ...BASE, ...TLS, GATEWAY_HOST: 'gateway.example' }, /both a tokens file and TLS/],
  ];
  for (const [what, env, message] of REFUSED) {
    it(`refuses ${what} with one sentence`, () => {
      assert.throws(
        () => readConfig(env),
        (error) => {
          assert.ok(error instanceof ConfigError);
          assert.match(error.message, message);
          assert.doesNotMatch(error.message, /\n/);
          return true;
        },
      );
    });
  }
});
