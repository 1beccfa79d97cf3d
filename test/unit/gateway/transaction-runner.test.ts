import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { AuditError, CHAIN_START, postedEvent, sealEvent } from '../../../core/index.js';
import type { Outcome, RecordBatch } from '../../../core/index.js';
import { Backlog } from '../../../gateway/intake/backlog.js';
import { createEntry } from '../../../gateway/intake/entry.js';
import type { Entry, EventResult } from '../../../gateway/intake/entry.js';
import { Journal } from '../../../gateway/intake/journal.js';
import { ReceiptReader } from '../../../gateway/intake/receipt-reader.js';
import { RecordingHealth } from '../../../gateway/intake/recording-health.js';
import { Sequencer } from '../../../gateway/intake/sequencer.js';
import type { AuditLedger } from '../../../gateway/ledger/audit-ledger.js';
import { newEvent } from '../../support/events.js';

const KEEP = { keepMs: 60_000, keepEvents: 1000 };
const OPTIONS = { eventsPerTransaction: 100, bytesPerTransaction: 1e6, transactionsInFlight: 1, giveUpMs: 60_000 };
const BROKEN: Outcome = { status: 'refused', fault: { code: 'CHAIN_BROKEN', detail: 'not the next one', errors: [] } };

/** A peer that answers, and then does not for a moment: what a test of a network cannot place where it hurts. */
describe('a peer that is gone while a transaction is being concluded', () => {
  let dir = '';
  let journal: Journal;
  let sequencer: Sequencer;
  let sent: string[][];
  let headsRead: number;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'audit-runner-'));
    journal = Journal.open(dir, KEEP);
    sent = [];
    headsRead = 0;
  });
  afterEach(() => {
    sequencer.stop();
    journal.close();
    rmSync(dir, { recursive: true });
  });

  /** Refuses by `isBroken` in the first transaction, and does not give the heads that are asked for after it. */
  function start(endorse: (batch: RecordBatch, transaction: number) => Outcome[][]): void {
    const ledger = {
      network: { mspId: 'OneMSP' },
      readHeads: (sessions: unknown[]) =>
        ++headsRead === 2
          ? Promise.reject(new AuditError('LEDGER_UNAVAILABLE', 'The peer did not answer.'))
          : Promise.resolve(sessions.map(() => null)),
      endorseRecording: async (batch: RecordBatch) => {
        sent.push(batch.groups.flatMap(({ session_id: session, events }) => events.map(() => session)));
        return Promise.resolve({
          txId: `tx-${sent.length}`,
          answer: { recorded_at: 'now', outcomes: endorse(batch, sent.length) },
          endorsedBy: ['OneMSP'],
          commit: () => Promise.resolve({ code: 'VALID', blockNumber: sent.length }),
        });
      },
    } as unknown as AuditLedger;
    const observer = {
      queueChanged: () => undefined,
      settled: () => undefined,
      transactionStarted: () => undefined,
      transactionEnded: () => undefined,
    };
    const parts = { ledger, journal, observer, backlog: new Backlog({ queuedEvents: 100, queuedBytes: 1e6 }) };
    const health = new RecordingHealth(() => Promise.resolve());
    sequencer = new Sequencer({ ...parts, health, receipts: new ReceiptReader(ledger) }, OPTIONS);
  }

  it('never has what was recorded beside it sent again', async () => {
    start((batch, transaction) =>
      batch.groups.map(({ session_id: session, events }) =>
        events.map(() => (session === 'unclear' && transaction === 1 ? BROKEN : { status: 'recorded', locator: '' })),
      ),
    );
    const recorded = entryOf('recorded');
    const unclear = entryOf('unclear');
    unclear.entry.seal = sealEvent(postedOf(unclear.entry), { owner: 'OneMSP', seq: 1, prevHash: CHAIN_START }, () =>
      '0'.repeat(32),
    );
    unclear.entry.maybeRecorded = true;
    sequencer.enqueue([recorded.entry, unclear.entry]);
    const results = await Promise.all([recorded.settled, unclear.settled]);
    assert.deepEqual(results.map(statusOf), ['recorded', 'recorded']);
    assert.deepEqual(sent, [['recorded', 'unclear'], ['unclear']]);
  });

  it('leaves a bundle to be tried again', async () => {
    start((batch, transaction) => {
      if (transaction === 1) throw new AuditError('CHAIN_BROKEN', 'not the next one');
      return batch.groups.map(({ events }) => events.map(() => ({ status: 'recorded', locator: '' })));
    });
    const { entry, settled } = entryOf('bundled', 1);
    await sequencer.enqueueBundle([entry]);
    assert.equal(statusOf(await settled), 'recorded');
    assert.deepEqual(sent, [['bundled'], ['bundled']]);
  });
});

function entryOf(sessionId: string, bundle?: number) {
  const posted = postedEvent.parse(newEvent({ session_id: sessionId }));
  const draft = { kind: 'plain' as const, posted, bytes: 1, pointer: '' };
  return createEntry({ draft, submittedBy: undefined, request: undefined, bundle, accepted: false });
}

function postedOf({ draft }: Entry) {
  return draft.kind === 'plain' ? draft.posted : assert.fail();
}

function statusOf({ status }: EventResult): string {
  return status;
}
