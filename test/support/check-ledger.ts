import assert from 'node:assert/strict';
import type { ConsortiumDefinition } from '../../network/definition/index.js';
import { verifyEmbeddedLedger } from '../../network/embedded/index.js';

/** Re-verifies every block, hash, signature and flag of a network that has been closed. */
export async function checkLedger(dataDir: string, definition?: ConsortiumDefinition): Promise<void> {
  assert.deepEqual(await verifyEmbeddedLedger(dataDir, definition), []);
}
