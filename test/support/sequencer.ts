import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postedEvent } from '../../core/index.js';
import type { GroupOutcome, RecordBatch } from '../../core/index.js';
import { Backlog } from '../../gateway/intake/backlog.js';
import { plainDraft } from '../../gateway/intake/draft.js';
import { createEntry } from '../../gateway/intake/entry.js';
import { Journal } from '../../gateway/intake/journal.js';
import { ReceiptReader } from '../../gateway/intake/receipt-reader.js';
import { RecordingHealth } from '../../gateway/intake/recording-health.js';
import { Sequencer } from '../../gateway/intake/sequencer.js';
import type { SequencerOptions } from '../../gateway/intake/sequencer.js';
import type { AuditLedger } from '../../gateway/ledger/audit-ledger.js';
import { newEvent } from './events.js';

/** What a peer says of a batch, and what it says of sessions' heads. */
export interface PlayedPeer {
  endorse: (batch: RecordBatch) => Promise<GroupOutcome[]>;
  readHeads: (sessions: readonly unknown[]) => Promise<null[]>;
}

export interface PlayedSequencer {
  sequencer: Sequencer;
  /** How many events wait or are in flight. */
  backlog: Backlog;
  close(): void;
}

const KEEP = { keepMs: 60_000, keepEvents: 1000 };
const OPTIONS: SequencerOptions = {
  eventsPerTransaction: 100,
  bytesPerTransaction: 1e6,
  transactionsInFlight: 1,
  eventsToOverlap: 1,
  giveUpMs: 60_000,
};

/** A sequencer with a journal, before a peer that a test plays: for what no network can be made to do at that moment. */
export function startSequencer(peer: PlayedPeer, options: Partial<SequencerOptions> = {}): PlayedSequencer {
  const dir = mkdtempSync(join(tmpdir(), 'audit-sequencer-'));
  const journal = Journal.open(dir, KEEP);
  let transactions = 0;
  const ledger = {
    network: { mspId: 'OneMSP' },
    readHeads: peer.readHeads,
    endorseRecording: async (batch: Uint8Array) => {
      const number = ++transactions;
      return {
        txId: `tx-${number}`,
        answer: {
          recorded_at: 'now',
          outcomes: await peer.endorse(JSON.parse(Buffer.from(batch).toString()) as RecordBatch),
        },
        endorsedBy: () => ['OneMSP'],
        commit: () => Promise.resolve({ code: 'VALID', blockNumber: number }),
      };
    },
  } as unknown as AuditLedger;
  const observer = {
    queueChanged: () => undefined,
    settled: () => undefined,
    transactionStarted: () => undefined,
    transactionEnded: () => undefined,
  };
  const backlog = new Backlog({ queuedEvents: 1000, queuedBytes: 1e6 });
  const health = new RecordingHealth(() => Promise.resolve());
  const parts = { ledger, journal, observer, backlog, health, receipts: new ReceiptReader(ledger) };
  const sequencer = new Sequencer(parts, { ...OPTIONS, ...options });
  return {
    sequencer,
    backlog,
    close: () => {
      sequencer.stop();
      journal.close();
      rmSync(dir, { recursive: true });
    },
  };
}

/** An entry of one small event. */
export function entryOf(sessionId: string, bundle?: number) {
  const posted = postedEvent.parse(newEvent({ session_id: sessionId }));
  const draft = { ...plainDraft(posted, ''), bytes: 1 };
  return createEntry({ draft, submittedBy: undefined, request: undefined, bundle, accepted: false });
}
