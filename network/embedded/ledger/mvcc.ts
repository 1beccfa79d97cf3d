import { compareUtf8 } from '../wire/utf8-order.js';
import { ValidationCode } from './types.js';
import type { NamespaceRwset, ParsedTransaction, RangeRead, Version } from './types.js';
import { UpdateBatch } from './update-batch.js';

/** What validation asks of the committed state. */
export interface CommittedVersions {
  version(namespace: string, key: string): Version | undefined;
  /** Versions of the keys in `[startKey, endKey)`, in order; an empty end has no bound. */
  versionRange(namespace: string, startKey: string, endKey: string): Iterable<{ key: string; version: Version }>;
  privateVersion(namespace: string, collection: string, keyHash: Uint8Array): Version | undefined;
  hasTransaction(txId: string): boolean;
}

/**
 * Fabric's last validation: in block order, a transaction id must be new, and what a transaction has read must still
 * be so, in the state and in what earlier valid transactions of the same block write.
 * @returns the final codes and the writes of the valid transactions.
 */
export function validateReads(
  transactions: readonly ParsedTransaction[],
  committed: CommittedVersions,
): { codes: ValidationCode[]; updates: UpdateBatch } {
  const updates = new UpdateBatch();
  const seen = new Set<string>();
  const codes = transactions.map(({ txId, code, rwset }, txNum) => {
    if (code !== ValidationCode.VALID) return code;
    if (txId !== '' && (seen.has(txId) || committed.hasTransaction(txId))) return ValidationCode.DUPLICATE_TXID;
    seen.add(txId);
    const conflict = findConflict(rwset, committed, updates);
    if (conflict !== undefined) return conflict;
    updates.apply(txNum, rwset);
    return code;
  });
  return { codes, updates };
}

function findConflict(
  rwset: readonly NamespaceRwset[],
  committed: CommittedVersions,
  updates: UpdateBatch,
): ValidationCode | undefined {
  for (const { namespace, reads, rangeReads, collections } of rwset) {
    for (const { key, version } of reads) {
      const changed = updates.state(namespace, key) !== undefined;
      if (changed || !sameVersion(committed.version(namespace, key), version)) return ValidationCode.MVCC_READ_CONFLICT;
    }
    for (const range of rangeReads) {
      if (!rangeHolds(namespace, range, committed, updates)) return ValidationCode.PHANTOM_READ_CONFLICT;
    }
    for (const { collection, hashedReads } of collections) {
      for (const { keyHash, version } of hashedReads) {
        const changed = updates.hasPrivate(namespace, collection, keyHash);
        const found = committed.privateVersion(namespace, collection, keyHash);
        if (changed || !sameVersion(found, version)) return ValidationCode.MVCC_READ_CONFLICT;
      }
    }
  }
  return undefined;
}

/** Runs the range again. Of one that was not read to its end, `endKey` is the last key read, and part of it. */
function rangeHolds(
  namespace: string,
  { startKey, endKey, exhausted, reads }: RangeRead,
  committed: CommittedVersions,
  updates: UpdateBatch,
): boolean {
  const inRange = (key: string) =>
    compareUtf8(startKey, key) <= 0 && (endKey === '' || compareUtf8(key, endKey) < (exhausted ? 0 : 1));
  // What the same block has put into the range has a version that nobody can have read; what it has deleted is not there.
  const updated = updates.namespaces.get(namespace)?.state.values() ?? [];
  if ([...updated].some(({ key, value }) => value !== null && inRange(key))) return false;
  let position = 0;
  // A string's successor in the order of its UTF-8 bytes is the string with a zero behind it.
  const end = exhausted || endKey === '' ? endKey : `${endKey}\u0000`;
  for (const { key, version } of committed.versionRange(namespace, startKey, end)) {
    if (updates.state(namespace, key)?.value === null) continue;
    const read = reads[position++];
    if (read?.key !== key || !sameVersion(version, read.version)) return false;
  }
  return position === reads.length;
}

function sameVersion(left: Version | undefined, right: Version | undefined): boolean {
  if (!left || !right) return left === right;
  return left.blockNum === right.blockNum && left.txNum === right.txNum;
}
