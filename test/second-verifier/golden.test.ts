import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createHash } from 'node:crypto';
import { describe, it } from 'mocha';
import { root } from '../runner/tiers.js';
import { GOLDEN, readGolden } from '../unit/verifier/golden.js';
import type { GoldenName } from '../unit/verifier/golden.js';
import { UNUSABLE_TRUST } from '../unit/verifier/unusable-trust.js';
import { runPython } from './python.js';
import type { PythonReport } from './python.js';

const EXIT = { valid: 0, invalid: 1, inconclusive: 2, demonstration: 3 };

const vectors = join(root, 'test/vectors/evidence-v1');
const fileOf = (name: GoldenName) => join(vectors, GOLDEN[name].file);
const trustOf = (name: GoldenName) => join(dirname(fileOf(name)), 'trust');

function verify(file: string, trust: string, ...more: string[]) {
  return runPython(['-m', 'agent_audit_verifier', file, '--trust', trust, ...more]);
}

describe('The second verifier', () => {
  for (const name of Object.keys(GOLDEN) as GoldenName[]) {
    const { file, challenge, verdict } = GOLDEN[name];
    it(`agrees that ${file} is ${verdict}`, () => {
      const { status, stdout, stderr } = verify(fileOf(name), trustOf(name), '--challenge', challenge, '--json');
      assert.equal(stderr, '');
      const sha256 = createHash('sha256')
        .update(readFileSync(fileOf(name)))
        .digest('hex');
      assert.deepEqual(JSON.parse(stdout), { verdict, fault: null, file_sha256: sha256 } satisfies PythonReport);
      assert.equal(status, EXIT[verdict]);
    });
  }

  it('prints a page that says of a demonstration what it is', () => {
    const { status, stdout } = verify(fileOf('receipt'), trustOf('receipt'), '--allow-demo');
    assert.equal(status, 0);
    assert.match(stdout, /NOT INDEPENDENT/);
  });

  it('names the fault of another challenge, and where nobody signed whom the user trusts', () => {
    const other = verify(fileOf('receipt'), trustOf('receipt'), '--challenge', 'not-the-challenge');
    assert.equal(other.status, EXIT.invalid);
    assert.match(other.stdout, /CHALLENGE_MISMATCH at \/event\/answer\/challenge/);

    const trust = mkdtempSync(join(tmpdir(), 'audit-trust-'));
    try {
      writeFileSync(join(trust, 'trust.json'), '{ "version": 1, "rule": { "at_least": 1 } }');
      copyFileSync(join(trustOf('receipt'), 'PartnerMSP.pem'), join(trust, 'StrangerMSP.pem'));
      const nobody = verify(fileOf('receipt'), trust);
      assert.equal(nobody.status, EXIT.inconclusive);
      assert.match(nobody.stdout, /UNTRUSTED_ORGANIZATIONS/);
    } finally {
      rmSync(trust, { recursive: true });
    }
  });

  it('takes no folder of trust that the first one does not take', () => {
    const trust = mkdtempSync(join(tmpdir(), 'audit-trust-'));
    const statusWith = (json: string) => {
      writeFileSync(join(trust, 'trust.json'), json);
      return verify(fileOf('receipt'), trust, '--allow-demo').status;
    };
    try {
      for (const name of ['OperatorMSP', 'PartnerMSP', 'AuditorMSP'])
        copyFileSync(join(trustOf('receipt'), `${name}.pem`), join(trust, `${name}.pem`));
      for (const { name, json } of UNUSABLE_TRUST) assert.equal(statusWith(json), 64, name);
      const sound = '{ "version": 1, "rule": { "at_least": 3 } }';
      assert.equal(statusWith(sound), 0);
      copyFileSync(join(trustOf('receipt'), 'PartnerMSP.pem'), join(trust, 'ShadowMSP.pem'));
      assert.equal(statusWith(sound), 64);
      writeFileSync(join(trust, 'ShadowMSP.pem'), readGolden('receipt').identities[0]?.certificate ?? '');
      assert.equal(statusWith(sound), 64);
    } finally {
      rmSync(trust, { recursive: true });
    }
  });

  it('ends with 64 where the call makes no sense', () => {
    assert.equal(runPython(['-m', 'agent_audit_verifier']).status, 64);
    assert.equal(verify(fileOf('receipt'), join(root, 'docs')).status, 64);
    assert.equal(verify(join(root, 'no-such-file'), trustOf('receipt')).status, 64);
  });
});
