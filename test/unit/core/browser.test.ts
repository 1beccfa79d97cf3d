import assert from 'node:assert/strict';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { readEventVectors } from './event/vectors.js';

/** The core as one script for a browser. The bundler fails on any module of Node's own. */
async function bundleForBrowser(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ['dist/core/index.js'],
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'core',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? assert.fail('nothing was bundled');
}

describe('the core in a browser', () => {
  it('seals events into the same hashes, with nothing but what a browser has', async () => {
    const context = createContext({ TextEncoder, TextDecoder, URL });
    runInContext(await bundleForBrowser(), context);
    for (const vector of readEventVectors()) {
      const hash: unknown = runInContext(
        `(() => {
          const { posted, core: expected, openings } = core.parseJson(${JSON.stringify(JSON.stringify(vector))});
          const salts = core.COMMITTED_FIELDS.filter((field) => openings[field]).map((field) => openings[field].salt);
          const place = { owner: expected.owner, seq: expected.seq, prevHash: expected.prev_hash };
          const sealed = core.sealEvent(core.postedEvent.parse(posted), place, () => salts.shift());
          core.verifyOpenings(sealed.core, sealed.openings);
          return sealed.hash;
        })()`,
        context,
      );
      assert.equal(hash, vector.hash);
    }
  });
});
