import { peer } from '@hyperledger/fabric-protos';
import { fieldKey, LIFECYCLE, parseBytes } from '../wire/lifecycle-state.js';
import type { IndexDatabase } from './index-database.js';

/** How long private values live: what the committed definitions say of their collections (`blockToLive`). */
export class CollectionLifetimes {
  readonly #byNamespace = new Map<string, ReadonlyMap<string, number>>();

  constructor(private readonly database: IndexDatabase) {}

  /** The block with whose commit a value goes that was written in this one; null: it stays. */
  expiryBlock(namespace: string, collection: string, writtenIn: number): number | null {
    const lifetimes = this.#byNamespace.get(namespace) ?? this.read(namespace);
    const blocks = lifetimes.get(collection) ?? 0;
    return blocks === 0 ? null : writtenIn + blocks + 1;
  }

  /** After a block that has changed definitions. */
  forget(): void {
    this.#byNamespace.clear();
  }

  private read(namespace: string): ReadonlyMap<string, number> {
    const sql = 'SELECT value FROM state WHERE namespace = ? AND key = ?';
    const key = Buffer.from(fieldKey(namespace, 'Collections'));
    const row = this.database.get<[Buffer]>(sql, [LIFECYCLE, key]);
    const configs = row ? peer.CollectionConfigPackage.deserializeBinary(parseBytes(row[0])).getConfigList() : [];
    const lifetimes = new Map(
      configs.flatMap((config) => {
        const collection = config.getStaticCollectionConfig();
        return collection ? [[collection.getName(), collection.getBlockToLive()] as const] : [];
      }),
    );
    this.#byNamespace.set(namespace, lifetimes);
    return lifetimes;
  }
}
