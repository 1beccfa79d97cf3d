import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { after, before, describe, it } from 'mocha';
import { TokenFile } from '../../../gateway/http/tokens.js';
import { writeTokens } from '../../support/consortium.js';

describe('the tokens file', () => {
  let dir = '';
  let file = '';

  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'audit-tokens-'));
    file = join(dir, 'tokens.json');
  });
  after(() => rmSync(dir, { recursive: true }));

  function open(agents = '*'): { tokens: TokenFile; token: string } {
    const [token = ''] = writeTokens(file, [{ subject: 's', agents, scopes: ['read'] }]);
    return { tokens: new TokenFile(file, () => assert.fail('no error is expected')), token };
  }

  it('knows a token by its digest, and no other', () => {
    const { tokens, token } = open();
    assert.equal(tokens.find(token)?.subject, 's');
    for (const wrong of ['', token.slice(1), `${token}x`, token.toUpperCase()])
      assert.equal(tokens.find(wrong), undefined);
  });

  it('matches agents by its pattern as a regular expression would', () => {
    const agent = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-', '(') });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-', '(', '*'), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(pattern, agent, (agents, agentId) => {
        const { tokens, token } = open(agents);
        const expected = new RegExp(`^${agents.split('*').map(escape).join('[^]*')}$`);
        assert.equal(tokens.find(token)?.mayUseAgent(agentId), expected.test(agentId));
      }),
    );
  });

  it('answers a hostile agent id at once', () => {
    const { tokens, token } = open('*a*a*a*a*a*a*a*a*a*a*b');
    assert.equal(tokens.find(token)?.mayUseAgent('a'.repeat(20_000)), false);
  });

  it('refuses a file that is not one of tokens', () => {
    for (const text of [
      '',
      '{}',
      '{"tokens":[{"sha256":"00","subject":"s","agents":"*","scopes":[]}]}',
      '{"tokens":[],"x":1}',
    ]) {
      writeFileSync(file, text, { mode: 0o600 });
      assert.throws(() => new TokenFile(file, () => undefined), { name: 'ConfigError' });
    }
  });
});

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\-]/g, '\\$&');
}
