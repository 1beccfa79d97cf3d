import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { AuditError, CHAIN_START, postedEvent, sealEvent, writeSealed } from '../../../core/index.js';
import { plainDraft } from '../../../gateway/intake/draft.js';
import { createEntry, resumeEntry } from '../../../gateway/intake/entry.js';
import type { Entry, EventResult, JournaledEntry, KeptRequest } from '../../../gateway/intake/entry.js';
import { Journal } from '../../../gateway/intake/journal.js';
import { createReceipt } from '../../../gateway/intake/receipt.js';
import { newEvent } from '../../support/events.js';

const KEEP = { keepMs: 7 * 24 * 3_600_000, keepEvents: 1000 };
const PROOF = { txId: 't', blockNumber: 3, recordedAt: 'now', endorsedBy: ['OneMSP'] };

describe('the journal', () => {
  let dir = '';
  let journal: Journal;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'audit-journal-'));
    journal = Journal.open(dir, KEEP);
  });
  afterEach(() => {
    journal.close();
    rmSync(dir, { recursive: true });
  });

  function newEntry(request?: KeptRequest, position = 0): Entry {
    const posted = postedEvent.parse(newEvent({ session_id: 's', error: { type: 't', message: null } }));
    return createEntry({
      draft: plainDraft(posted, ''),
      submittedBy: 'op',
      request: request && { request, position },
      bundle: undefined,
      accepted: request !== undefined,
    }).entry;
  }

  function sealedEntry(seq: number, request?: KeptRequest): Entry {
    const entry = newEntry(request);
    place(entry, seq);
    return entry;
  }

  function reopen(keep = KEEP): void {
    journal.close();
    journal = Journal.open(dir, keep);
  }

  function recorded(entry: Entry): Extract<EventResult, { receipt: unknown }> {
    return { status: 'recorded', receipt: createReceipt(entry.seal ?? assert.fail(), PROOF) };
  }

  it('gives back what was sealed, in its order and to the byte, as something that may be recorded', async () => {
    const entries = [sealedEntry(1), sealedEntry(2)];
    await journal.append(entries);
    reopen();
    const resumed = journal.unsettled().map((journaled) => resumeEntry(journaled).entry);
    assert.deepEqual(
      resumed.map(({ seal }) => seal),
      entries.map(({ seal }) => seal),
    );
    assert.deepEqual(resumed.map(postedOf), entries.map(postedOf));
    assert.ok(resumed.every(({ maybeRecorded }) => maybeRecorded));
  });

  it('gives back what was accepted and has no place yet, behind what has one', async () => {
    const request = newRequest({ events: 2 });
    const [first, second] = [newEntry(request, 0), newEntry(request, 1)];
    await journal.accept(request, [first, second], new Map());
    await journal.append([sealedEntry(2), sealedEntry(1)]);
    reopen();
    const resumed = journal.unsettled().map((journaled) => resumeEntry(journaled).entry);
    assert.deepEqual(
      resumed.map(({ seal }) => seal?.core.seq),
      [1, 2, undefined, undefined],
    );
    assert.deepEqual(resumed.slice(2).map(postedOf), [first, second].map(postedOf));
    assert.deepEqual(
      resumed.map(({ accepted, maybeRecorded, request: of }) => [accepted, maybeRecorded, of?.position]),
      [
        [false, true, undefined],
        [false, true, undefined],
        [true, false, 0],
        [true, false, 1],
      ],
    );
  });

  it('keeps one seal per event, the last, and none where it has lost its place', async () => {
    const [entry, other] = [sealedEntry(1), sealedEntry(2)];
    await journal.append([entry, other]);
    place(entry, 9);
    other.seal = undefined;
    await journal.append([entry, other]);
    assert.deepEqual(
      journal.unsettled().map(({ seal }) => seal?.core.seq),
      [9, undefined],
    );
  });

  it('takes an entry again after a write that failed, as if it had never been there', async () => {
    const request = newRequest({ key: 'k' });
    const unwritable = sealedEntry(
      2,
      newRequest({ events: 'not a number' as unknown as number, digest: {} as string }),
    );
    const entry = sealedEntry(1, request);
    await assert.rejects(journal.append([entry, unwritable]));
    assert.deepEqual(journal.unsettled(), []);
    assert.equal(journal.findKey('op', 'k'), undefined);
    await journal.append([entry]);
    const [journaled] = journal.unsettled();
    assert.deepEqual(journaled?.seal, sealedOf(entry));
    assert.deepEqual(journaled?.request?.request, journal.findKey('op', 'k'));
  });

  it('writes what is asked for at once in one commit, each in its order', async () => {
    const entries = Array.from({ length: 50 }, (_, index) => sealedEntry(index + 1));
    await Promise.all(entries.map((entry) => journal.append([entry])));
    assert.deepEqual(
      entries.map(({ journalId }) => journalId),
      entries.map((_, index) => index + 1),
    );
    assert.equal(journal.unsettled().length, 50);
  });

  it('forgets what is settled, and keeps the results of its request', async () => {
    const request = newRequest({ key: 'k', events: 3 });
    const [entry, refused] = [sealedEntry(1, request), newEntry(request, 1)];
    const fault = AuditError.at('/x', 'ID_CONFLICT', 'taken');
    const known: EventResult = { status: 'invalid', error: new AuditError('INVALID_EVENT', 'no') };
    await journal.accept(request, [entry, refused], new Map([[2, known]]));
    journal.settle(entry, recorded(entry));
    journal.settle(refused, { status: 'conflict', error: fault, locator: 'l' });
    const results: [number, EventResult][] = [
      [0, recorded(entry)],
      [1, { status: 'conflict', error: fault, locator: 'l' }],
      [2, known],
    ];
    assert.deepEqual(byPosition(journal.resultsOf(request)), results);
    reopen();
    assert.deepEqual(journal.unsettled(), []);
    const found = journal.findKey('op', 'k') ?? assert.fail();
    assert.equal(found.digest, 'd');
    assert.deepEqual(byPosition(journal.resultsOf(found)), results);
    assert.deepEqual(journal.findSubmission(request.submission), found);
    assert.equal(journal.findKey('somebody else', 'k'), undefined);
  });

  it('forgets what has left a sheet before the others of it', async () => {
    const [first, second, third] = [sealedEntry(1), sealedEntry(2), sealedEntry(3)];
    await journal.append([first, second, third]);
    journal.settle(second, recorded(second));
    reopen();
    assert.deepEqual(seqsOf(journal.unsettled()), [1, 3]);
    const [one, three] = journal.unsettled().map((journaled) => resumeEntry(journaled).entry);
    journal.settle(one ?? assert.fail(), recorded(first));
    await journal.append([]);
    assert.deepEqual(seqsOf(journal.unsettled()), [3]);
    journal.settle(three ?? assert.fail(), recorded(third));
    await journal.append([sealedEntry(4)]);
    reopen();
    assert.deepEqual(seqsOf(journal.unsettled()), [4]);
  });

  it('forgets requests that are too old, unless something still waits for them', async () => {
    const [old, waiting] = [newRequest({ key: 'old' }), newRequest({ key: 'waiting' })];
    const settled = sealedEntry(1, old);
    await journal.append([settled, sealedEntry(2, waiting)]);
    journal.settle(settled, recorded(settled));
    reopen();
    reopen({ ...KEEP, keepMs: -1 });
    await journal.append([]);
    assert.equal(journal.findKey('op', 'old'), undefined);
    assert.ok(journal.findKey('op', 'waiting'));
  });

  it('forgets the oldest requests when those kept stand for too many events', async () => {
    const requests = [newRequest({ events: 400 }), newRequest({ events: 400 }), newRequest({ events: 400 })];
    for (const request of requests) await journal.accept(request, [], new Map());
    reopen();
    await journal.append([]);
    assert.deepEqual(
      requests.map(({ submission }) => journal.findSubmission(submission) !== undefined),
      [false, true, true],
    );
  });

  it('takes over a journal of its first version', () => {
    const [entry, settled] = [sealedEntry(2), sealedEntry(1)];
    journal.close();
    rmSync(join(dir, 'journal.db'));
    const db = new Database(join(dir, 'journal.db'));
    db.exec(`
      CREATE TABLE keys (id INTEGER PRIMARY KEY, subject TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL,
        created_ms INTEGER NOT NULL, UNIQUE (subject, key));
      CREATE TABLE entries (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, bundle INTEGER, submitted_by TEXT,
        key_id INTEGER, position INTEGER, sealed TEXT NOT NULL);
      CREATE TABLE receipts (key_id INTEGER NOT NULL REFERENCES keys (id) ON DELETE CASCADE,
        position INTEGER NOT NULL, receipt TEXT NOT NULL, PRIMARY KEY (key_id, position)) WITHOUT ROWID;`);
    const insertKey = db.prepare('INSERT INTO keys VALUES (7, ?, ?, ?, ?)');
    insertKey.run('op', 'k', 'd', Date.now());
    const insertEntry = db.prepare('INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)');
    insertEntry.run(3, 'plain', null, 'op', 7, 1, entry.seal?.text);
    const { receipt } = recorded(settled);
    db.prepare('INSERT INTO receipts VALUES (7, 0, ?)').run(JSON.stringify(receipt));
    db.close();
    journal = Journal.open(dir, KEEP);
    const [journaled] = journal.unsettled();
    assert.deepEqual(journaled?.seal, sealedOf(entry));
    assert.equal(journaled?.request?.position, 1);
    const request = journal.findKey('op', 'k') ?? assert.fail();
    assert.deepEqual(byPosition(journal.resultsOf(request)), [[0, recorded(settled)]]);
    reopen();
    assert.equal(journal.unsettled().length, 1);
  });

  it('takes over a journal of its second version', () => {
    const [placed, waiting] = [sealedEntry(2), newEntry()];
    journal.close();
    rmSync(join(dir, 'journal.db'));
    const db = new Database(join(dir, 'journal.db'));
    db.exec(`
      CREATE TABLE requests (id INTEGER PRIMARY KEY, submission TEXT NOT NULL UNIQUE, subject TEXT NOT NULL, key TEXT,
        digest TEXT, events INTEGER NOT NULL, created_ms INTEGER NOT NULL, UNIQUE (subject, key));
      CREATE TABLE entries (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, bundle INTEGER, submitted_by TEXT,
        accepted INTEGER NOT NULL, request_id INTEGER, position INTEGER, placed INTEGER NOT NULL, content TEXT NOT NULL);
      CREATE INDEX entries_by_request ON entries (request_id) WHERE request_id IS NOT NULL;`);
    db.prepare('INSERT INTO requests VALUES (7, ?, ?, NULL, NULL, 2, ?)').run('s', 'op', Date.now());
    const insertEntry = db.prepare('INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
    insertEntry.run(3, 'plain', null, 'op', 1, 7, 1, 0, JSON.stringify(postedOf(waiting)));
    insertEntry.run(4, 'plain', 6, null, 0, null, null, 1, placed.seal?.text);
    db.close();
    journal = Journal.open(dir, KEEP);
    const submission = journal.findSubmission('s');
    assert.deepEqual(journal.unsettled(), [
      {
        journalId: 4,
        bundle: 6,
        submittedBy: undefined,
        accepted: false,
        request: undefined,
        seal: sealedOf(placed),
      },
      {
        journalId: 3,
        bundle: undefined,
        submittedBy: 'op',
        accepted: true,
        request: { request: submission, position: 1 },
        posted: postedOf(waiting),
      },
    ]);
    assert.equal(journal.nextBundle(), 7);
    reopen();
    assert.equal(journal.unsettled().length, 2);
  });

  it('is nobody else’s: one gateway per folder, one reader per file', () => {
    assert.throws(() => Journal.open(dir, KEEP), /in use by another gateway/);
    assert.equal(statSync(join(dir, 'journal.db')).mode & 0o077, 0);
  });
});

function newRequest(parts: Partial<KeptRequest>): KeptRequest {
  return { submission: randomUUID(), subject: 'op', key: undefined, digest: 'd', events: 1, ...parts };
}

function place(entry: Entry, seq: number): void {
  if (entry.draft.kind !== 'plain') throw new Error('only plain drafts are placed here');
  const at = { owner: 'OneMSP', seq, prevHash: CHAIN_START };
  entry.seal = writeSealed(sealEvent(entry.draft.posted, at, () => 'ab'.repeat(16)));
}

function sealedOf({ seal }: Entry): unknown {
  return JSON.parse(seal?.text ?? '');
}

function postedOf({ draft }: Entry): unknown {
  return draft.kind === 'plain' && draft.posted;
}

function seqsOf(journaled: JournaledEntry[]): unknown[] {
  return journaled.map(({ seal }) => seal?.core.seq);
}

function byPosition(results: Map<number, EventResult>): [number, EventResult][] {
  return [...results].sort(([a], [b]) => a - b);
}
