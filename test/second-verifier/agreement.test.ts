import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { verifyEvidence } from '../../verifier/index.js';
import { root } from '../runner/tiers.js';
import { GOLDEN, goldenTrust, readGoldenForm } from '../unit/verifier/golden.js';
import type { GoldenName } from '../unit/verifier/golden.js';
import { HOSTILE_FILES } from '../unit/verifier/hostile-files.js';
import { mutationsOf, swapsOf } from '../unit/verifier/mutations.js';
import type { Mutation } from '../unit/verifier/mutations.js';
import { PythonVerifier } from './python.js';

const names = Object.keys(GOLDEN) as GoldenName[];
const folderOf = (name: GoldenName) => dirname(GOLDEN[name].file);

/** Every change of a golden file, and every part of one that is in its place in a file of the same network. */
function* changesOf(name: GoldenName): Generator<Mutation> {
  const document = readGoldenForm(name);
  yield* mutationsOf(document);
  for (const other of names.filter((one) => one !== name && folderOf(one) === folderOf(name))) {
    yield* swapsOf(document, readGoldenForm(other));
  }
}

/** The two verifiers on the tamper matrix: the same verdict and the same fault, thousands of times. */
describe('Two verifiers', () => {
  let python: PythonVerifier;
  before(() => (python = new PythonVerifier()));
  after(() => python.close());

  for (const name of names) {
    it(`agree on every change of ${GOLDEN[name].file}`, async function () {
      this.timeout(0);
      const { challenge } = GOLDEN[name];
      const trust = goldenTrust(name);
      const folder = join(root, 'test/vectors/evidence-v1', folderOf(name), 'trust');
      const differ: string[] = [];
      let invalid = 0;
      for (const { kind, pointer, text } of changesOf(name)) {
        const asked = python.verify({ text, trust: folder, challenge });
        const mine = verifyEvidence(new TextEncoder().encode(text), trust, { challenge });
        const theirs = await asked;
        if (mine.verdict === 'invalid') invalid += 1;
        const [ours, other] = [mine, theirs].map(({ verdict, fault }) => `${verdict} ${fault?.code ?? ''}`);
        if (ours !== other) differ.push(`${kind} ${pointer}: ${ours} / ${other}`);
      }
      assert.deepEqual(differ, []);
      assert.ok(invalid > 200, `only ${invalid} changes were caught`);
    });
  }

  it('agree on what only an enemy would write', async function () {
    this.timeout(0);
    const trust = join(root, 'test/vectors/evidence-v1', folderOf('receipt'), 'trust');
    for (const { name, text, code } of HOSTILE_FILES) {
      const { verdict, fault } = await python.verify({ text, trust });
      assert.deepEqual([verdict, fault?.code], ['invalid', code], name);
    }
  });
});
