import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { CHAIN_START, postedEvent, sealEvent } from '../../../core/index.js';
import { createEntry, resumeEntry } from '../../../gateway/intake/entry.js';
import type { Entry, IdempotencyKey } from '../../../gateway/intake/entry.js';
import { Journal } from '../../../gateway/intake/journal.js';
import { createReceipt } from '../../../gateway/intake/receipt.js';
import { newEvent } from '../../support/events.js';

const WEEK_MS = 7 * 24 * 3_600_000;
const PROOF = { txId: 't', blockNumber: 3, recordedAt: 'now', endorsedBy: ['OneMSP'] };

describe('the journal', () => {
  let dir = '';
  let journal: Journal;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'audit-journal-'));
    journal = Journal.open(dir, WEEK_MS);
  });
  afterEach(() => {
    journal.close();
    rmSync(dir, { recursive: true });
  });

  function sealedEntry(seq: number, key?: IdempotencyKey): Entry {
    const posted = postedEvent.parse(newEvent({ session_id: 's', error: { type: 't', message: null } }));
    const { entry } = createEntry({
      draft: { kind: 'plain', posted, bytes: 10, pointer: '' },
      submittedBy: 'op',
      idempotency: key && { key, position: 0 },
      bundle: undefined,
    });
    entry.seal = sealEvent(posted, { owner: 'OneMSP', seq, prevHash: CHAIN_START }, () => 'ab'.repeat(16));
    return entry;
  }

  function reopen(keepKeysMs = WEEK_MS): void {
    journal.close();
    journal = Journal.open(dir, keepKeysMs);
  }

  it('gives back what was sealed, in its order and to the byte, as something that may be recorded', () => {
    const entries = [sealedEntry(1), sealedEntry(2)];
    journal.append(entries);
    reopen();
    const resumed = journal.unsettled().map((journaled) => resumeEntry(journaled).entry);
    assert.deepEqual(
      resumed.map(({ seal }) => seal),
      entries.map(({ seal }) => seal),
    );
    assert.deepEqual(
      resumed.map(({ draft }) => draft.kind === 'plain' && draft.posted),
      entries.map(({ draft }) => draft.kind === 'plain' && draft.posted),
    );
    assert.ok(resumed.every(({ maybeRecorded }) => maybeRecorded));
  });

  it('keeps one seal per event: the last', () => {
    const entry = sealedEntry(1);
    journal.append([entry]);
    entry.seal = sealedEntry(9).seal;
    journal.append([entry]);
    assert.deepEqual(
      journal.unsettled().map(({ seal }) => seal.core.seq),
      [9],
    );
  });

  it('takes an entry again after a write that failed, as if it had never been there', () => {
    const key: IdempotencyKey = { subject: 'op', key: 'k', digest: 'd' };
    const [entry, unwritable] = [sealedEntry(1, key), sealedEntry(2)];
    unwritable.seal = Object.assign(
      { ...(unwritable.seal ?? assert.fail()) },
      { toJSON: () => assert.fail('disk full') },
    );
    assert.throws(() => journal.append([entry, unwritable]), /disk full/);
    assert.deepEqual(journal.unsettled(), []);
    journal.append([entry]);
    const [journaled] = journal.unsettled();
    assert.deepEqual(journaled?.seal, entry.seal);
    assert.deepEqual(journaled?.idempotency?.key.id, journal.findKey('op', 'k')?.id);
  });

  it('forgets what is settled, and keeps the receipt under its key', () => {
    const key: IdempotencyKey = { subject: 'op', key: 'k', digest: 'd' };
    const entry = sealedEntry(1, key);
    journal.append([entry]);
    const receipt = createReceipt(entry.seal ?? assert.fail(), PROOF);
    journal.settle(entry, { status: 'recorded', receipt });
    assert.deepEqual([...journal.receiptsOf(key)], [[0, receipt]]);
    reopen();
    assert.deepEqual(journal.unsettled(), []);
    const found = journal.findKey('op', 'k') ?? assert.fail();
    assert.equal(found.digest, 'd');
    assert.deepEqual([...journal.receiptsOf(found)], [[0, receipt]]);
    assert.equal(journal.findKey('somebody else', 'k'), undefined);
  });

  it('forgets keys that are too old, unless something still waits under them', () => {
    const [old, waiting] = ['old', 'waiting'].map((key): IdempotencyKey => ({ subject: 'op', key, digest: 'd' }));
    const settled = sealedEntry(1, old);
    journal.append([settled, sealedEntry(2, waiting)]);
    journal.settle(settled, { status: 'recorded', receipt: createReceipt(settled.seal ?? assert.fail(), PROOF) });
    reopen();
    reopen(-1);
    assert.equal(journal.findKey('op', 'old'), undefined);
    assert.ok(journal.findKey('op', 'waiting'));
  });

  it('is nobody else’s: one gateway per folder, one reader per file', () => {
    assert.throws(() => Journal.open(dir, WEEK_MS), /in use by another gateway/);
    assert.equal(statSync(join(dir, 'journal.db')).mode & 0o077, 0);
  });
});
