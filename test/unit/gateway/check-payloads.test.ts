import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { PayloadDocuments } from '../../../chaincode/recording/payload-documents.js';
import { splitRecords } from '../../../chaincode/recording/split-records.js';
import { writeJson } from '../../../chaincode/json.js';
import { payloadKey } from '../../../core/index.js';
import type { PayloadPlace } from '../../../core/index.js';
import { Payloads } from '../../../gateway/witness/check-payloads.js';
import { WrittenDocuments } from '../../../gateway/witness/written-documents.js';
import { chain, checkAll } from '../chaincode/builders.js';

const TX_ID = 'ab'.repeat(32);
/** How many events each session's record has. */
const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 12 });

describe('what a witness says of payloads', () => {
  it('is nothing where each record has its own, in whatever order it looks at them', () => {
    fc.assert(
      fc.property(sizes, fc.boolean(), (counts, isReversed) => {
        const { records, written } = transaction(counts);
        assert.deepEqual(codesOf(isReversed ? records.reverse() : records, written), []);
      }),
    );
  });

  it('is nothing of documents that are not here, nor of a record that has a document of its own, as at first', () => {
    const { records, written } = transaction([2, 1]);
    assert.deepEqual(codesOf(records, new Map()), []);
    const [first] = records;
    assert.ok(first);
    const document = written.get(payloadKey(TX_ID, 0)) ?? assert.fail();
    const { events } = JSON.parse(document.toString()) as { events: object[] };
    const own = Buffer.from(writeJson({ doc_type: 'payload', v: 1, events: events.slice(0, 2) }));
    const old = { ...first, payload_at: undefined };
    assert.deepEqual(codesOf([old], new Map([['p~OperatorMSP~agent~session~000000000001', own]])), []);
  });

  it('is that it does not hold where a record points to what is not its own', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), fc.integer({ min: 1, max: 40 }), (counts, pick, by) => {
        const { records, written } = transaction(counts);
        const record = records[pick % records.length] ?? assert.fail();
        record.payload_at = { ...record.payload_at, index: record.payload_at.index + by };
        assert.ok(codesOf(records, written).includes('RECORD_MISMATCH'));
      }),
    );
  });

  it('opens nothing twice, whatever the records say', () => {
    const { records, written } = transaction([1]);
    const [record] = records;
    assert.ok(record);
    const payloads = new Payloads(written, new WrittenDocuments());
    assert.deepEqual(payloads.check(record), []);
    const again = payloads.check(record);
    assert.deepEqual(
      again.map(({ code, detail }) => [code, detail]),
      [['RECORD_MISMATCH', `${payloadKey(TX_ID, 0)} has no opening 0, or it is another event's`]],
    );
  });

  it('is that it does not hold where a document could be read as two', () => {
    const { records, written } = transaction([1]);
    const key = payloadKey(TX_ID, 0);
    const text = written.get(key)?.toString() ?? assert.fail();
    // The last of two members of a name is what JSON.parse takes: these would be the right ones.
    const doubled = text.replace('"events":', '"events":[{}],"events":');
    assert.deepEqual(codesOf(records, new Map([[key, Buffer.from(doubled)]])), ['RECORD_MISMATCH']);
  });

  it('names openings of no record, and a document that is none', () => {
    const { records, written } = transaction([3, 2]);
    assert.deepEqual(codesOf(records.slice(1), written), ['RECORD_MISMATCH']);
    const none = new Map([[payloadKey(TX_ID, 0), Buffer.from('{"doc_type":"payload","v":1}')]]);
    assert.deepEqual(codesOf(records, none), ['RECORD_MISMATCH', 'RECORD_MISMATCH']);
  });
});

interface Written {
  owner: string;
  agent_id: string;
  session_id: string;
  first_seq: number;
  tx_id: string;
  payload_at: PayloadPlace;
  events: { core: ReturnType<typeof chain>[number]['core'] }[];
}

/** The records of as many sessions, and the private documents beside them, as the contract writes them. */
function transaction(counts: readonly number[]): { records: Written[]; written: Map<string, Buffer> } {
  const written = new Map<string, Buffer>();
  const payloads = new PayloadDocuments({
    putPayload: (document, events) =>
      written.set(payloadKey(TX_ID, document), Buffer.from(writeJson({ doc_type: 'payload', v: 1, events }))),
  });
  const records = counts.flatMap((count, order) => {
    const events = chain(Array.from({ length: count }, (_, index) => ({ input: { order, index } })));
    return splitRecords(checkAll(events)).map((part) => ({
      owner: 'OperatorMSP',
      agent_id: 'agent',
      session_id: 'session',
      first_seq: 1,
      tx_id: TX_ID,
      payload_at: payloads.add(part) ?? assert.fail(),
      events: part.events.map(({ event: { core } }) => ({ core })),
    }));
  });
  payloads.flush();
  return { records, written };
}

function codesOf(
  records: readonly (Omit<Written, 'payload_at'> & { payload_at: PayloadPlace | undefined })[],
  written: ReadonlyMap<string, Uint8Array>,
): string[] {
  const payloads = new Payloads(written, new WrittenDocuments());
  return [...records.flatMap((record) => payloads.check(record)), ...payloads.checkRest()].map(({ code }) => code);
}
