import assert from 'node:assert/strict';
import { verifyEmbeddedLedger } from '../../network/embedded/index.js';

/** Re-verifies every block, hash, signature and flag of a network that has been closed. */
export async function checkLedger(dataDir: string): Promise<void> {
  assert.deepEqual(await verifyEmbeddedLedger(dataDir), []);
}
