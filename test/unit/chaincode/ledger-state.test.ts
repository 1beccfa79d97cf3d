import assert from 'node:assert/strict';
import type { ChaincodeStub } from 'fabric-shim-api';
import { LedgerState } from '../../../chaincode/state/ledger-state.js';
import type { StateQuery } from '../../../chaincode/state/ledger-state.js';

const QUERY: StateQuery = { selector: {}, sort: [], use_index: ['_design/records', 'records-by-to'] };

/** A peer that fails every rich query with this message. */
function failing(message: string): LedgerState {
  const stub: Pick<ChaincodeStub, 'getQueryResultWithPagination'> = {
    getQueryResultWithPagination: () => {
      throw new Error(message);
    },
  };
  return new LedgerState(stub as ChaincodeStub);
}

describe('rich queries on a peer', () => {
  it('say when its state database is LevelDB', async () => {
    const state = failing('GET_QUERY_RESULT failed: ExecuteQueryWithMetadata not supported for leveldb');
    await assert.rejects(state.queryRecords(QUERY, 10).next(), { code: 'QUERY_UNSUPPORTED' });
  });

  it('leave other failures as they are', async () => {
    await assert.rejects(failing('no usable index').queryHeads(QUERY, 10).next(), /^Error: no usable index$/);
  });
});
