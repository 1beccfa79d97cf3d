import assert from 'node:assert/strict';
import type { ChaincodeStub } from 'fabric-shim-api';
import type { RecordDocument } from '../../../chaincode/state/documents.js';
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

/** A peer whose private collection has one payload document. */
function holding(key: string, events: object[]): LedgerState {
  const document = Buffer.from(JSON.stringify({ doc_type: 'payload', v: 1, events }));
  const stub: Pick<ChaincodeStub, 'getPrivateData'> = {
    getPrivateData: (_collection, asked) => Promise.resolve(asked === key ? document : Buffer.alloc(0)),
  };
  return new LedgerState(stub as ChaincodeStub);
}

describe('openings of a record', () => {
  const record = {
    owner: 'O',
    agent_id: 'a',
    session_id: 's',
    first_seq: 5,
    count: 2,
    tx_id: 'ab',
    payload: 'collection',
  };
  const openings = ['first', 'second', 'third', 'fourth'].map((value) => ({ input: { salt: '0', value } }));

  it('are a part of a document that records share', async () => {
    const state = holding('p~ab~3', openings);
    const shared = { ...record, payload_at: { document: 3, index: 1 } } as RecordDocument;
    assert.deepEqual(await state.openings(shared), openings.slice(1, 3));
  });

  it('are a document of its own, for a record of the first versions', async () => {
    const state = holding('p~O~a~s~000000000005', openings.slice(0, 2));
    assert.deepEqual(await state.openings(record as RecordDocument), openings.slice(0, 2));
  });

  it('are none where there is no document', async () => {
    assert.equal(await holding('p~ab~0', openings).openings(record as RecordDocument), undefined);
  });
});

describe('rich queries on a peer', () => {
  it('say when its state database is LevelDB', async () => {
    const state = failing('GET_QUERY_RESULT failed: ExecuteQueryWithMetadata not supported for leveldb');
    await assert.rejects(state.queryRecords(QUERY, 10).next(), { code: 'QUERY_UNSUPPORTED' });
  });

  it('leave other failures as they are', async () => {
    await assert.rejects(failing('no usable index').queryHeads(QUERY, 10).next(), /^Error: no usable index$/);
  });
});
