import { sha256Hex } from '../../../core/index.js';
import { sha256 } from '../wire/sha256.js';
import type { CollectionRwset, HashedWrite, NamespaceRwset, PrivateWrites } from './types.js';

/** The last valid write of a public key in a block. `value` is null for a deletion. */
export interface StateUpdate {
  key: string;
  value: Uint8Array | null;
  txNum: number;
}

/** The same for a private key; `plain` is there when the plain text came with the block. */
export interface PrivateUpdate {
  keyHash: Uint8Array;
  valueHash: Uint8Array | null;
  txNum: number;
  isPurge: boolean;
  plain?: { key: string; value: Uint8Array };
}

export interface NamespaceUpdates {
  state: Map<string, StateUpdate>;
  /** By collection, then by the key hash in hex. */
  collections: Map<string, Map<string, PrivateUpdate>>;
}

const EMPTY_HASH = sha256('');

/** What the valid transactions of one block, taken in order, leave in the state. */
export class UpdateBatch {
  readonly namespaces = new Map<string, NamespaceUpdates>();

  /** Adds the writes of a valid transaction. */
  apply(txNum: number, rwset: readonly NamespaceRwset[]): void {
    for (const { namespace, writes, collections } of rwset) {
      if (writes.length === 0 && collections.every(({ hashedWrites }) => hashedWrites.length === 0)) continue;
      const updates = this.ofNamespace(namespace);
      for (const { key, isDelete, value } of writes) {
        updates.state.set(key, { key, value: isDelete ? null : value, txNum });
      }
      for (const collection of collections) applyHashed(updates, txNum, collection);
    }
  }

  /** Adds the plain text of the private writes that are still the last of their key. */
  applyPlain({ txNum, namespace, collection, writes }: PrivateWrites): void {
    const updates = this.namespaces.get(namespace)?.collections.get(collection);
    for (const { key, isDelete, value } of writes) {
      const update = updates?.get(sha256Hex(key));
      if (update?.txNum === txNum && !isDelete) update.plain = { key, value };
    }
  }

  state(namespace: string, key: string): StateUpdate | undefined {
    return this.namespaces.get(namespace)?.state.get(key);
  }

  hasPrivate(namespace: string, collection: string, keyHash: Uint8Array): boolean {
    return this.namespaces.get(namespace)?.collections.get(collection)?.has(hex(keyHash)) ?? false;
  }

  private ofNamespace(namespace: string): NamespaceUpdates {
    const updates = this.namespaces.get(namespace) ?? { state: new Map(), collections: new Map() };
    this.namespaces.set(namespace, updates);
    return updates;
  }
}

/** Whether a hashed write removes its key; the hash of an empty value says so too, as in Fabric. */
export function isHashedDelete({ isDelete, isPurge, valueHash }: HashedWrite): boolean {
  return isDelete || isPurge || valueHash.length === 0 || EMPTY_HASH.equals(valueHash);
}

function applyHashed(updates: NamespaceUpdates, txNum: number, { collection, hashedWrites }: CollectionRwset): void {
  if (hashedWrites.length === 0) return;
  const ofCollection = updates.collections.get(collection) ?? new Map<string, PrivateUpdate>();
  updates.collections.set(collection, ofCollection);
  for (const write of hashedWrites) {
    const valueHash = isHashedDelete(write) ? null : write.valueHash;
    ofCollection.set(hex(write.keyHash), { keyHash: write.keyHash, valueHash, txNum, isPurge: write.isPurge });
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}
