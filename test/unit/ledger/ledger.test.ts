import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { openLedger, verifyLedger } from '../../../network/embedded/ledger/index.js';
import { ValidationCode } from '../../../network/embedded/ledger/types.js';
import type { KeyRead, Ledger, RangeRead } from '../../../network/embedded/ledger/types.js';
import {
  CHANNEL,
  commitDrafts,
  commitGenesis,
  configEnvelope,
  envelope,
  NAMESPACE,
  nextBlock,
  put,
  remove,
  rwset,
  withDirectory,
} from './chain.js';
import type { Draft } from './chain.js';
import { keysBetween, ReferenceLedger } from './reference-ledger.js';

/** Few keys, so that transactions meet; the last two sort differently by UTF-8 bytes and by UTF-16 units. */
const KEYS = ['a', 'a\u0000', 'a~b', 'b', 'z', '\uffee', '\u{1f600}'];
const key = fc.constantFrom(...KEYS);

/** What one transaction does, before it is known what it reads. */
const intent = fc.record({
  reads: fc.array(key, { maxLength: 2 }),
  range: fc.option(
    fc.record({ startKey: fc.constantFrom('', ...KEYS), endKey: fc.constantFrom('', ...KEYS), limit: fc.nat(3) }),
  ),
  writes: fc.uniqueArray(fc.record({ key, value: fc.constantFrom('1', '2', '', '{"n":1}'), remove: fc.boolean() }), {
    maxLength: 3,
    selector: (write) => write.key,
  }),
  staleBy: fc.nat(1),
  repeatsTxId: fc.boolean(),
});
type Intent = typeof intent extends fc.Arbitrary<infer Value> ? Value : never;

const nothing: Intent = { reads: [], range: null, writes: [], staleBy: 0, repeatsTxId: false };
const STALE_RANGE_EMPTIED_BY_ITS_BLOCK: Intent[][] = [
  [{ ...nothing, writes: [{ key: 'a', value: '1', remove: false }] }],
  [
    { ...nothing, writes: [{ key: 'a', value: '1', remove: true }] },
    { ...nothing, range: { startKey: '', endKey: '', limit: 0 }, staleBy: 1 },
  ],
];

describe('ledger', () => {
  it('agrees with the plainest model of its rules: after each block, after reopening, after a rebuild', async () => {
    const blocks = fc.array(fc.array(intent, { minLength: 1, maxLength: 4 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(blocks, (plans) => withDirectory((dir) => compareWithModel(dir, plans))),
      { numRuns: 40, examples: [[STALE_RANGE_EMPTIED_BY_ITS_BLOCK]] },
    );
  });

  it('gives every code that validation can give', async () => {
    await withLedger(async (ledger) => {
      const write = (txId: string, parts: Parameters<typeof rwset>[0]) => ({ txId, rwset: rwset(parts) });
      await commitDrafts(ledger, [write('t1', { writes: [put('a', '1'), put('b', '1')] })]);
      const version = { blockNum: 1n, txNum: 0 };
      const range = { startKey: 'a', endKey: 'c', exhausted: true };
      const { codes } = await commitDrafts(ledger, [
        write('t2', { reads: [{ key: 'a', version }], writes: [put('a', '2')] }),
        write('t3', { reads: [{ key: 'a', version }] }),
        write('t4', { reads: [{ key: 'b' }] }),
        write('t5', { rangeReads: [{ ...range, reads: [{ key: 'a', version }] }] }),
        write('t1', {}),
        write('t2', {}),
        { ...write('t6', { writes: [put('never', '1')] }), code: ValidationCode.ENDORSEMENT_POLICY_FAILURE },
        write('t7', { writes: [remove('b'), put('a', '')] }),
      ]);
      const { VALID, DUPLICATE_TXID, MVCC_READ_CONFLICT, PHANTOM_READ_CONFLICT } = ValidationCode;
      assert.deepEqual(codes, [
        VALID,
        MVCC_READ_CONFLICT,
        MVCC_READ_CONFLICT,
        PHANTOM_READ_CONFLICT,
        DUPLICATE_TXID,
        DUPLICATE_TXID,
        ValidationCode.ENDORSEMENT_POLICY_FAILURE,
        VALID,
      ]);
      assert.deepEqual([...ledger.stateRange(NAMESPACE, '', '')], []);
      assert.deepEqual(ledger.transaction('t1'), { blockNum: 1n, txNum: 0, code: VALID });
      assert.deepEqual(ledger.transaction('t6'), {
        blockNum: 2n,
        txNum: 6,
        code: ValidationCode.ENDORSEMENT_POLICY_FAILURE,
      });
      assert.equal(ledger.transaction('unknown'), undefined);
    });
  });

  it('hands blocks out as they were committed, by number and by hash', async () => {
    await withLedger(async (ledger) => {
      const committed = await commitDrafts(ledger, [{ txId: 't', rwset: rwset({ writes: [put('a', '1')] }) }]);
      assert.deepEqual(ledger.blockByNumber(1n), committed);
      assert.deepEqual(ledger.blockByHash(ledger.chainInfo().currentBlockHash), ledger.blockByNumber(1n));
      assert.equal(ledger.blockByNumber(2n), undefined);
      assert.equal(ledger.chainInfo().height, 2n);
    });
  });

  it('reads long ranges, histories and answers in their order and to their end', async () => {
    await withLedger(async (ledger) => {
      ledger.defineIndexes([{ namespace: NAMESPACE, ddoc: 'd', name: 'n', fields: [{ path: 'n', direction: 'asc' }] }]);
      const keys = Array.from({ length: 2500 }, (_, n) => `k${String(n).padStart(5, '0')}`);
      const all = keys.map((name, n) => put(name, JSON.stringify({ n })));
      const rewrites = Array.from({ length: 250 }, (_, n) => ({
        txId: `w${n}`,
        rwset: rwset({ writes: [put('k', String(n))] }),
      }));
      await commitDrafts(ledger, [{ txId: 'all', rwset: rwset({ writes: all }) }, ...rewrites]);
      const range = [...ledger.stateRange(NAMESPACE, 'k00007', 'k02400')].map((entry) => entry.key);
      assert.deepEqual(range, keys.slice(7, 2400));
      const query = { selector: { n: { $gte: 0 } }, sort: [{ n: 'desc' }] };
      const answer = ledger.stateQuery(NAMESPACE, query).entries.map((entry) => entry.key);
      assert.deepEqual(answer, keys.toReversed());
      assert.deepEqual(ledger.stateQuery(NAMESPACE, { selector: {} }).entries.length, keys.length);
      const versions = [...ledger.history(NAMESPACE, 'k')].map(({ value, txNum }) => [text(value), txNum]);
      assert.deepEqual(
        versions,
        Array.from({ length: 250 }, (_, n) => [String(249 - n), 250 - n]),
      );
    });
  });

  it('refuses a block that does not continue the chain, and stays as it was', async () => {
    await withLedger(async (ledger) => {
      const next = nextBlock(ledger, [envelope({ txId: 't', rwset: [] })]);
      const parsed = [{ txId: 't', code: ValidationCode.VALID, rwset: [] }];
      await ledger.commit(next, parsed, []);
      const { currentBlockHash } = ledger.chainInfo();
      await assert.rejects(ledger.commit(next, parsed, []), { code: 'BLOCK_REFUSED' });
      await assert.rejects(ledger.commit(nextBlock(ledger, [configEnvelope()]), [], []), { code: 'BLOCK_REFUSED' });
      assert.deepEqual(ledger.chainInfo().currentBlockHash, currentBlockHash);
      await commitDrafts(ledger, [{ txId: 'u', rwset: [] }]);
    });
  });

  it('takes one commit at a time', async () => {
    await withLedger(async (ledger) => {
      const block = nextBlock(ledger, [envelope({ txId: 't', rwset: [] })]);
      const parsed = [{ txId: 't', code: ValidationCode.VALID, rwset: [] }];
      const [first, second] = await Promise.allSettled([
        ledger.commit(block, parsed, []),
        ledger.commit(block, parsed, []),
      ]);
      assert.equal(first.status, 'fulfilled');
      assert.equal(second.status, 'rejected');
      assert.equal(ledger.chainInfo().height, 2n);
    });
  });

  it('keeps a second opener out', async () => {
    await withDirectory(async (dir) => {
      const ledger = await openLedger({ dir, channel: CHANNEL });
      await assert.rejects(openLedger({ dir, channel: CHANNEL }), { code: 'LEDGER_LOCKED' });
      ledger.close();
    });
  });

  it('refuses a channel name that could lead out of its directory', async () => {
    await withDirectory(async (dir) => {
      await assert.rejects(openLedger({ dir, channel: '../audit' }), { code: 'BLOCK_REFUSED' });
    });
  });
});

async function compareWithModel(dir: string, plans: Intent[][]): Promise<void> {
  const reference = new ReferenceLedger();
  const snapshots = [new Map(reference.state)];
  let ledger = await openLedger({ dir, channel: CHANNEL });
  await commitGenesis(ledger);
  for (const [blockNum, intents] of plans.entries()) {
    const drafts = intents.map((plan, txNum) => {
      const seen = snapshots[Math.max(0, blockNum - plan.staleBy)] ?? new Map<string, never>();
      return simulate(seen, plan, plan.repeatsTxId ? 'same' : `tx-${blockNum}-${txNum}`);
    });
    assert.deepEqual((await commitDrafts(ledger, drafts)).codes, reference.commit(drafts));
    snapshots.push(new Map(reference.state));
    assertSame(ledger, reference);
  }
  ledger.close();
  assert.deepEqual(await verifyLedger({ dir, channel: CHANNEL }), []);
  ledger = await openLedger({ dir, channel: CHANNEL });
  assertSame(ledger, reference);
  ledger.close();
  await rm(join(dir, 'index'), { recursive: true });
  ledger = await openLedger({ dir, channel: CHANNEL });
  assertSame(ledger, reference);
  ledger.close();
}

/** The read-write set of an intent against the state that its endorser saw. */
function simulate(seen: ReferenceLedger['state'], plan: Intent, txId: string): Draft {
  const reads = plan.reads.map((name) => readOf(seen, name));
  const rangeReads = plan.range ? [scan(seen, plan.range)] : [];
  const writes = plan.writes.map((write) => (write.remove ? remove(write.key) : put(write.key, write.value)));
  return { txId, rwset: rwset({ reads, rangeReads, writes }) };
}

function readOf(seen: ReferenceLedger['state'], name: string): KeyRead {
  const entry = seen.get(name);
  return entry ? { key: name, version: entry.version } : { key: name };
}

/** Stops after `limit` keys; a scan that stops early ends, for validation, at the last key it has read. */
function scan(seen: ReferenceLedger['state'], range: { startKey: string; endKey: string; limit: number }): RangeRead {
  const { startKey, endKey, limit } = range;
  const found = keysBetween(seen, startKey, endKey);
  const exhausted = limit === 0 || limit > found.length;
  const reads = (exhausted ? found : found.slice(0, limit)).map((name) => readOf(seen, name));
  return { startKey, endKey: exhausted ? endKey : (reads.at(-1)?.key ?? ''), exhausted, reads };
}

function assertSame(ledger: Ledger, reference: ReferenceLedger): void {
  const expected = keysBetween(reference.state, '', '').map((name) => ({ key: name, ...reference.state.get(name) }));
  const found = [...ledger.stateRange(NAMESPACE, '', '')].map((entry) => ({ ...entry, value: text(entry.value) }));
  assert.deepEqual(found, expected);
  for (const name of KEYS) {
    const entry = ledger.state(NAMESPACE, name);
    assert.deepEqual(entry && { value: text(entry.value), version: entry.version }, reference.state.get(name));
    const history = [...ledger.history(NAMESPACE, name)];
    const positions = history.map(({ blockNum, txNum, txId, isDelete }) => ({ blockNum, txNum, txId, isDelete }));
    assert.deepEqual(positions, reference.history.get(name) ?? []);
    if (entry) assert.deepEqual(text(history[0]?.value ?? new Uint8Array()), text(entry.value));
  }
}

function text(value: Uint8Array): string {
  return Buffer.from(value).toString();
}

async function withLedger(use: (ledger: Ledger) => Promise<void>): Promise<void> {
  await withDirectory(async (dir) => {
    const ledger = await openLedger({ dir, channel: CHANNEL });
    try {
      await commitGenesis(ledger);
      await use(ledger);
    } finally {
      ledger.close();
    }
    assert.deepEqual(await verifyLedger({ dir, channel: CHANNEL }), []);
  });
}
