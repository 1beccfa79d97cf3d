import assert from 'node:assert/strict';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { describe, it } from 'mocha';
import { readGolden, readGoldenTrustFiles } from './golden.js';

describe('the verifier in a browser', () => {
  it('comes to the same verdict with nothing but what a browser has', async function () {
    this.timeout(30_000);
    const { outputFiles } = await build({
      entryPoints: ['dist/verifier/index.js'],
      bundle: true,
      platform: 'browser',
      format: 'iife',
      globalName: 'verifier',
      write: false,
      logLevel: 'silent',
    });
    const context = createContext({ TextEncoder, TextDecoder, URL });
    runInContext(outputFiles[0]?.text ?? assert.fail('nothing was bundled'), context);
    const { json, pems } = readGoldenTrustFiles('receipt');
    const text = JSON.stringify(readGolden('receipt'));
    const verdictOf = (evidence: string): unknown =>
      runInContext(
        `(() => {
          const trust = verifier.readTrust(${JSON.stringify(json)}, new Map(${JSON.stringify([...pems])}));
          return verifier.verifyEvidence(new TextEncoder().encode(${JSON.stringify(evidence)}), trust).verdict;
        })()`,
        context,
      );
    assert.equal(verdictOf(text), 'demonstration');
    assert.equal(verdictOf(text.replace('"amount":75.5', '"amount":75.6')), 'invalid');
  });
});
