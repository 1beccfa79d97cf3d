import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { writeJson } from '../../../chaincode/json.js';
import { buildHead } from '../../../chaincode/recording/build-documents.js';
import { splitRecords } from '../../../chaincode/recording/split-records.js';
import type { RecordDocument } from '../../../chaincode/state/documents.js';
import { headKey, recordKey } from '../../../core/index.js';
import type { Submission } from '../../../core/index.js';
import { checkRecords } from '../../../gateway/witness/check-records.js';
import { SessionHeads } from '../../../gateway/witness/session-heads.js';
import { chain, checkAll, recordsOf, SESSION, STAMP } from '../chaincode/builders.js';

const NAMESPACE = 'audit';
const OTHER = { ...SESSION, session_id: 'another' };

describe('what a witness says of a record', () => {
  it('is nothing where it is as the contract writes it', async () => {
    const heads = newHeads();
    const events = chain([{ tool: 'search' }, { tool: 'refund' }, {}]);
    assert.deepEqual(await check(heads, documentsOf(events.slice(0, 2))), []);
    assert.deepEqual(await check(heads, documentsOf(events.slice(2)), true), []);
  });

  it('is that its chain is broken where an event is of another session, be it the first', async () => {
    const heads = newHeads();
    const [strange] = chain([{}], OTHER);
    const [record] = recordsOf(chain([{}]));
    assert.ok(strange && record);
    const { core, hash } = strange;
    const planted = { ...record, events: [{ core, hash }] };
    const head = buildHead(SESSION, undefined, splitRecords(checkAll([strange], OTHER)), strange, STAMP.recorded_at);
    const codes = await check(heads, [planted, head].map(written));
    assert.deepEqual(codes, ['CHAIN_BROKEN']);
    // Nor is what continues the planted event in order: the session's own event is the one that was kept.
    const [next] = chain([{}], SESSION, { seq: 1, hash });
    assert.ok(next);
    assert.deepEqual(await check(heads, documentsOf([next]), true), []);
  });

  it('is that it holds no document where an event has no place, and goes on', async () => {
    for (const core of [null, [], {}, { seq: '1' }]) {
      const [record] = recordsOf(chain([{}]));
      assert.ok(record);
      const broken = { ...record, events: [{ ...record.events[0], core }] };
      assert.deepEqual(await check(newHeads(), [written(broken)]), ['RECORD_MISMATCH']);
    }
  });

  it('is that it holds no document where its bytes are no UTF-8, or where it can be read as two', async () => {
    const [document, head] = documentsOf(chain([{ tool: '\ufffd' }]));
    assert.ok(document && head);
    const bytes = Buffer.from(document.value);
    const at = bytes.indexOf(Buffer.from('\ufffd'));
    const cut = Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff]), bytes.subarray(at + 3)]);
    const doubled = Buffer.from(bytes.toString().replace('"doc_type":', '"doc_type":"head","doc_type":'));
    for (const value of [cut, doubled]) {
      assert.deepEqual(await check(newHeads(), [{ ...document, value }]), ['RECORD_MISMATCH']);
    }
  });
});

function newHeads(): SessionHeads {
  return new SessionHeads({ readSession: () => Promise.reject(new Error('nothing is to be asked for')) });
}

/** What one transaction writes for the events: their records, and the head behind them. */
function documentsOf(events: readonly Submission[]) {
  const last = events.at(-1);
  assert.ok(last);
  const head = buildHead(SESSION, undefined, splitRecords(checkAll(events)), last, STAMP.recorded_at);
  return [...recordsOf(events), head].map(written);
}

type Document = RecordDocument | ReturnType<typeof buildHead> | { doc_type: 'record'; events: unknown[] };

function written(document: Document) {
  const isRecord = document.doc_type === 'record';
  const key = isRecord ? recordKey(SESSION, (document as RecordDocument).first_seq) : headKey(SESSION);
  return { key, value: Buffer.from(writeJson(document)), isDelete: false };
}

/** @param continues whether the transaction has read the session's head. */
async function check(heads: SessionHeads, writes: ReturnType<typeof written>[], continues = false): Promise<string[]> {
  const reads = continues ? [{ key: headKey(SESSION), exists: true }] : [];
  const { recorded_at: timestamp, recorded_by: by, tx_id: txId } = STAMP;
  const findings = await checkRecords(
    {
      transaction: { txId, timestamp, namespaces: [{ namespace: NAMESPACE, reads, writes }] },
      creator: { mspId: by.msp_id, fingerprint: by.certificate_sha256 },
      namespace: NAMESPACE,
      privateWrites: [],
    },
    heads,
  );
  return findings.map(({ code }) => code);
}
