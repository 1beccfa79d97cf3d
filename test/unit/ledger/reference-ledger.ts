import type { HistoryEntry, ValidationCode as Code, Version } from '../../../network/embedded/ledger/types.js';
import { ValidationCode } from '../../../network/embedded/ledger/types.js';
import type { Draft } from './chain.js';

/** The ledger's rules in their plainest form: everything in memory, every read a search. Public state of one namespace. */
export class ReferenceLedger {
  readonly state = new Map<string, { value: string; version: Version }>();
  readonly history = new Map<string, Omit<HistoryEntry, 'value'>[]>();
  readonly #txIds = new Set<string>();
  #height = 1n;

  commit(drafts: Draft[]): Code[] {
    const touched = new Set<string>();
    const snapshot = new Map(this.state);
    const codes = drafts.map((draft, txNum) => {
      const code = this.#txIds.has(draft.txId)
        ? ValidationCode.DUPLICATE_TXID
        : validate(draft, snapshot, touched, this.state);
      this.#txIds.add(draft.txId);
      if (code === ValidationCode.VALID) this.#write(draft, { blockNum: this.#height, txNum }, touched);
      return code;
    });
    this.#height += 1n;
    return codes;
  }

  #write({ txId, rwset }: Draft, version: Version, touched: Set<string>): void {
    for (const { key, isDelete, value } of rwset.flatMap(({ writes }) => writes)) {
      touched.add(key);
      const removes = isDelete || value.length === 0;
      if (removes) this.state.delete(key);
      else this.state.set(key, { value: Buffer.from(value).toString(), version });
      this.history.set(key, [{ ...version, txId, isDelete: removes }, ...(this.history.get(key) ?? [])]);
    }
  }
}

type State = Map<string, { version: Version }>;

function validate({ rwset }: Draft, before: State, touched: Set<string>, now: State): Code {
  for (const { reads, rangeReads } of rwset) {
    for (const { key, version } of reads) {
      if (touched.has(key) || !same(before.get(key)?.version, version)) return ValidationCode.MVCC_READ_CONFLICT;
    }
    for (const { startKey, endKey, exhausted, reads: expected } of rangeReads) {
      const found = keysBetween(now, startKey, exhausted ? endKey : `${endKey}\0`);
      const equal =
        found.length === expected.length &&
        found.every((key, at) => key === expected[at]?.key && same(now.get(key)?.version, expected[at].version));
      if (!equal) return ValidationCode.PHANTOM_READ_CONFLICT;
    }
  }
  return ValidationCode.VALID;
}

/** Keys of `[startKey, endKey)` by their UTF-8 bytes; an empty end has no bound. */
export function keysBetween(state: ReadonlyMap<string, unknown>, startKey: string, endKey: string): string[] {
  const inRange = (key: string) => bytewise(startKey, key) <= 0 && (endKey === '' || bytewise(key, endKey) < 0);
  return [...state.keys()].filter(inRange).sort(bytewise);
}

function bytewise(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

function same(left: Version | undefined, right: Version | undefined): boolean {
  return left?.blockNum === right?.blockNum && left?.txNum === right?.txNum;
}
