import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { JsonObject } from '../../core/index.js';
import { openLedger, verifyLedger } from '../../network/embedded/ledger/index.js';
import type { IndexDefinition, Ledger, MangoQuery } from '../../network/embedded/ledger/types.js';
import type { Answer, Page } from './couchdb.js';
import { CHANNEL, commitDrafts, commitGenesis, NAMESPACE, put, rwset } from '../unit/ledger/chain.js';

/** The state of an embedded ledger, asked as chaincode asks it. */
export class EmbeddedState {
  private constructor(
    private readonly ledger: Ledger,
    private readonly dir: string,
  ) {}

  static async create(indexes: readonly Omit<IndexDefinition, 'namespace'>[]): Promise<EmbeddedState> {
    const dir = mkdtempSync(path.join(tmpdir(), 'ledger-'));
    const ledger = await openLedger({ dir, channel: CHANNEL });
    await commitGenesis(ledger);
    ledger.defineIndexes(indexes.map((one) => ({ ...one, namespace: NAMESPACE })));
    return new EmbeddedState(ledger, dir);
  }

  async put(documents: ReadonlyMap<string, JsonObject>): Promise<void> {
    const writes = [...documents].map(([key, content]) => put(key, JSON.stringify(content)));
    await commitDrafts(this.ledger, [{ txId: 'documents', rwset: rwset({ writes }) }]);
  }

  find(query: MangoQuery, page?: Page): Answer {
    try {
      const { entries, bookmark } = this.ledger.stateQuery(NAMESPACE, query, page);
      return { keys: entries.map(({ key }) => key), ...(page && { bookmark }) };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  }

  async close(): Promise<void> {
    this.ledger.close();
    assert.deepEqual(await verifyLedger({ dir: this.dir, channel: CHANNEL }), []);
    rmSync(this.dir, { recursive: true });
  }
}
