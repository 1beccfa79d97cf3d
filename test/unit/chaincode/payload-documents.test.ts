import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LIMITS } from '../../../core/index.js';
import type { WrittenOpenings } from '../../../core/index.js';
import { PayloadDocuments } from '../../../chaincode/recording/payload-documents.js';
import { splitRecords } from '../../../chaincode/recording/split-records.js';
import type { RecordPart } from '../../../chaincode/recording/split-records.js';
import { chain, checkAll } from './builders.js';

describe('the payload documents of a transaction', () => {
  const value = fc.option(fc.integer({ min: 1, max: 20_000 }), { nil: undefined });
  const session = fc.array(value, { minLength: 1, maxLength: 20 });

  it('have the openings of every record where it says, and are as few as their limits allow', () => {
    fc.assert(
      fc.property(fc.array(session, { minLength: 1, maxLength: 12 }), (sessions) => {
        const parts = sessions.flatMap((sizes) => splitRecords(checkAll(chain(sizes.map(posting)))));
        const { documents, places } = write(parts);
        for (const [index, { events }] of parts.entries()) {
          const place = places[index];
          if (!place) {
            assert.ok(events.every(({ event }) => Object.keys(event.openings).length === 0));
            continue;
          }
          const found = documents[place.document]?.slice(place.index, place.index + events.length);
          assert.deepEqual(
            found,
            events.map(({ openings }) => openings),
          );
        }
        checkLimits(parts, places, documents);
      }),
      { numRuns: 50 },
    );
  });

  it('are none where no event commits to a value', () => {
    assert.deepEqual(write(splitRecords(checkAll(chain([{}, {}])))), { documents: [], places: [undefined] });
  });
});

function posting(size: number | undefined) {
  return size === undefined ? {} : { input: 'x'.repeat(size) };
}

function write(parts: readonly RecordPart[]) {
  const documents: WrittenOpenings[][] = [];
  const payloads = new PayloadDocuments({
    putPayload: (document, events) => {
      assert.equal(document, documents.length);
      documents.push([...events]);
    },
  });
  const places = parts.map((part) => payloads.add(part));
  payloads.flush();
  return { documents, places };
}

/** A document that has more than one record stays within the limits, and the next record would not have fitted. */
function checkLimits(
  parts: readonly RecordPart[],
  places: ReturnType<PayloadDocuments['add']>[],
  documents: readonly WrittenOpenings[][],
): void {
  const recordsOf = (document: number) => parts.filter((_, index) => places[index]?.document === document);
  const fits = (records: readonly RecordPart[]) =>
    records.reduce((sum, { events }) => sum + events.length, 0) <= LIMITS.eventsPerPayload &&
    records.reduce((sum, { bytes }) => sum + bytes, 0) <= LIMITS.payloadBytes;
  for (const document of documents.keys()) {
    const records = recordsOf(document);
    assert.ok(records.length === 1 || fits(records), `document ${document} is too large`);
    const next = recordsOf(document + 1)[0];
    assert.ok(!next || !fits([...records, next]), `document ${document} had room`);
  }
}
