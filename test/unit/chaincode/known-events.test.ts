import assert from 'node:assert/strict';
import { LIMITS } from '../../../core/index.js';
import { KnownEvents } from '../../../chaincode/recording/known-events.js';
import { LedgerState } from '../../../chaincode/state/ledger-state.js';
import { chain, recordsOf, SESSION } from './builders.js';
import type { ChaincodeStub } from 'fabric-shim-api';
import { recordKey } from '../../../chaincode/state/keys.js';

describe('looking up known events', () => {
  it('reads a record once, however many of its events are sent again', async () => {
    const events = chain(Array.from({ length: LIMITS.eventsPerRecord }, () => ({})));
    const [record] = recordsOf(events);
    const last = events.at(-1);
    assert.ok(record && last);
    const reads: string[] = [];
    const stub: Pick<ChaincodeStub, 'getState'> = {
      getState: (key) => {
        reads.push(key);
        return Promise.resolve(Buffer.from(JSON.stringify(record)));
      },
    };
    const times = { from: record.from, to: record.to, first_recorded_at: record.to, last_recorded_at: record.to };
    const head = { ...SESSION, seq: last.core.seq, hash: last.hash, open: true, ...times };
    const ledger = new KnownEvents(new LedgerState(stub as ChaincodeStub), head, new Map());
    for (const event of events) assert.deepEqual(await ledger.find(event), { hashAtPlace: event.hash });
    assert.deepEqual(reads, [recordKey(SESSION, 1)]);
  });
});
