import { sha256Hex } from '../../../core/index.js';
import { sha256 } from '../wire/sha256.js';
import { LedgerError } from './ledger-error.js';
import { parsePrivateWrites } from './parse-rwset.js';
import type { CollectionRwset, NamespaceRwset, PrivateWrites } from './types.js';
import { isHashedDelete } from './update-batch.js';

/**
 * Private writes as their own bytes say them, once these bytes are what the transaction's hashes are of: the hash of
 * the whole write set, and of each key and value.
 * @throws {LedgerError} PRIVATE_WRITES_REFUSED
 */
export function verifyPrivateWrites(claimed: PrivateWrites, transaction: readonly NamespaceRwset[]): PrivateWrites {
  const { namespace, collection, txNum, rwset } = claimed;
  const hashes = transaction
    .find((candidate) => candidate.namespace === namespace)
    ?.collections.find((candidate) => candidate.collection === collection);
  const writes = parsePrivateWrites(rwset);
  if (!hashes || !sha256(rwset).equals(hashes.pvtRwsetHash) || !sameWrites(writes, hashes)) {
    const detail = `the private writes of transaction ${txNum} to ${namespace}/${collection} are not those it hashed`;
    throw new LedgerError('PRIVATE_WRITES_REFUSED', detail);
  }
  return { ...claimed, writes };
}

function sameWrites(writes: PrivateWrites['writes'], { hashedWrites }: CollectionRwset): boolean {
  const byKeyHash = new Map(hashedWrites.map((hashed) => [Buffer.from(hashed.keyHash).toString('hex'), hashed]));
  return (
    writes.length === hashedWrites.length &&
    writes.every(({ key, isDelete, value }) => {
      const hashed = byKeyHash.get(sha256Hex(key));
      if (!hashed) return false;
      return isHashedDelete(hashed) ? isDelete : !isDelete && sha256(value).equals(hashed.valueHash);
    })
  );
}
