import assert from 'node:assert/strict';
import type { JsonObject } from '../../../core/index.js';
import { openLedger, verifyLedger } from '../../../network/embedded/ledger/index.js';
import type { IndexDefinition, Ledger } from '../../../network/embedded/ledger/types.js';
import { CHANNEL, commitDrafts, commitGenesis, NAMESPACE, put, remove, rwset, withDirectory } from './chain.js';

/** An index of the namespace, ascending. */
export function index(name: string, fields: string[]): IndexDefinition {
  return { namespace: NAMESPACE, ddoc: name, name, fields: fields.map((path) => ({ path, direction: 'asc' })) };
}

export function keyOf(position: number): string {
  return `d${String(position).padStart(2, '0')}`;
}

/** Puts these documents where others were; what is left over goes. */
export async function replaceDocuments(ledger: Ledger, txId: string, documents: JsonObject[]): Promise<void> {
  const stale = [...ledger.stateRange(NAMESPACE, keyOf(documents.length), '')].map(({ key }) => remove(key));
  const writes = documents.map((content, position) => put(keyOf(position), JSON.stringify(content)));
  await commitDrafts(ledger, [{ txId, rwset: rwset({ writes: [...writes, ...stale] }) }]);
}

/** A ledger that holds these documents; it is verified afterwards. */
export async function withDocuments(documents: JsonObject[], use: (ledger: Ledger) => Promise<void>): Promise<void> {
  await withDirectory(async (dir) => {
    const ledger = await openLedger({ dir, channel: CHANNEL });
    try {
      await commitGenesis(ledger);
      await replaceDocuments(ledger, 'documents', documents);
      await use(ledger);
    } finally {
      ledger.close();
    }
    assert.deepEqual(await verifyLedger({ dir, channel: CHANNEL }), []);
  });
}
