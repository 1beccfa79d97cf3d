import { z } from 'zod';
import { compileCondition, parseFieldPath, parseSelector } from '../../../core/index.js';
import type { JsonObject, Predicate } from '../../../core/index.js';
import { collate } from './collation.js';
import { parseDocument } from './document.js';
import type { IndexDatabase } from './index-database.js';
import { IndexedDocument } from './indexed-document.js';
import { MangoBacklog } from './mango-backlog.js';
import type { IndexDefinition } from './types.js';

/** An index as a view of CouchDB's: the documents that have all its fields and match its filter, sorted by these fields' values. */
export interface MangoIndex {
  id: number;
  ddoc: string;
  name: string;
  fields: string[];
  paths: string[][];
  /** JSON of the filter; null: every document may be in the index. */
  filter: string | null;
  matches: Predicate | undefined;
  /** How many blocks its entries know. */
  blocks: number;
  backlog: MangoBacklog;
}

const storedFields = z.array(z.string());
const DOCUMENTS_PER_READ = 500;
/**
 * An index is written when it lacks so many documents, or blocks: those would have to be read again after a crash. Of a
 * document that has changed several times by then, as a session's head, only the last place is written.
 */
const DUE_DOCUMENTS = 2000;
const DUE_BLOCKS = 256;

/** The keys that a block's valid transactions wrote. */
type WrittenKeys = (blockNum: number) => Iterable<{ namespace: string; key: string }>;

/** A write of a key that the indexes have not been told of. */
interface Change {
  namespace: string;
  key: Buffer;
  before: Uint8Array | undefined;
  after: Uint8Array | null;
}

/**
 * The JSON indexes of all namespaces. They follow the state some blocks behind: after each block one of them is brought
 * up to date, in turns, where it pays, and before a query the one that it reads, as in CouchDB. An index's row says how many blocks it
 * knows; what it lacks is in memory, and after a crash in the blocks.
 */
export class MangoIndexes {
  readonly #byNamespace = new Map<string, MangoIndex[]>();
  #changes: Change[] = [];
  /** Of the state that the indexes follow; undefined until they do. */
  #height: number | undefined;

  constructor(private readonly database: IndexDatabase) {
    this.load();
  }

  ofNamespace(namespace: string): readonly MangoIndex[] {
    return this.#byNamespace.get(namespace) ?? [];
  }

  /**
   * From here on the indexes are told of every write. What they lack is taken from the blocks; entries of documents that
   * were overwritten there stay behind, and queries pass over them.
   */
  follow(height: number, writtenKeys: WrittenKeys): void {
    this.#height = height;
    const [known] = this.database.get<[number | null]>('SELECT min(blocks) FROM mango_indexes') ?? [null];
    if (known === null || known === height) return;
    this.database.transaction(() => {
      this.addWritten(known, height, writtenKeys);
      this.database.run('UPDATE mango_indexes SET blocks = ?', [height]);
      for (const index of this.all()) index.blocks = height;
    });
  }

  /** Adds indexes and fills them; one that is there already with the same fields stays as it is. */
  define(definitions: readonly IndexDefinition[]): void {
    this.writeAll();
    this.database.transaction(() => {
      for (const definition of definitions) this.defineOne(definition);
    });
  }

  /** Notes that a key's value changes. @param before undefined: it is new; `after` null: it is deleted */
  note(namespace: string, key: Buffer, before: Uint8Array | undefined, after: Uint8Array | null): void {
    if (this.#height !== undefined) this.#changes.push({ namespace, key, before, after });
  }

  /** At the end of a block's transaction. */
  endBlock(blockNum: number): void {
    if (this.#height !== undefined) this.#height = blockNum + 1;
  }

  /** Brings the index up to date whose turn it is, if it is due: once for each block, when nobody waits for the block any more. */
  writeNext(): void {
    const height = this.#height;
    if (height === undefined) return;
    this.takeChanges();
    const indexes = this.all();
    const next = indexes[height % indexes.length];
    const isDue = next && (next.backlog.size >= DUE_DOCUMENTS || height - next.blocks >= DUE_BLOCKS);
    if (isDue) this.database.append(() => this.write(next, height));
  }

  bringUpToDate(index: MangoIndex): void {
    this.takeChanges();
    if (index.backlog.size > 0) this.database.append(() => this.write(index, this.#height ?? 0));
  }

  writeAll(): void {
    const height = this.#height;
    if (height === undefined) return;
    this.takeChanges();
    this.database.transaction(() => {
      for (const index of this.all()) this.write(index, height);
    });
  }

  private takeChanges(): void {
    const changes = this.#changes;
    this.#changes = [];
    for (const { namespace, key, before, after } of changes) {
      const indexes = this.ofNamespace(namespace);
      if (indexes.length === 0) continue;
      let old: IndexedDocument | undefined;
      const now = indexed(key, after);
      const name = key.toString('latin1');
      for (const index of indexes) {
        index.backlog.add(name, now?.sortKey(index), () => (old ??= indexed(key, before))?.sortKey(index));
      }
    }
  }

  private all(): MangoIndex[] {
    return [...this.#byNamespace.values()].flat();
  }

  private write(index: MangoIndex, height: number): void {
    index.backlog.write();
    index.blocks = height;
    this.database.run('UPDATE mango_indexes SET blocks = ? WHERE id = ?', [height, index.id]);
  }

  private load(): void {
    this.#byNamespace.clear();
    const sql = 'SELECT id, namespace, ddoc, name, fields, filter, blocks FROM mango_indexes ORDER BY id';
    for (const [id, namespace, ...row] of this.database.all<[number, string, ...IndexRow]>(sql)) {
      const index = { ...readIndex(row), id, backlog: new MangoBacklog(this.database, id) };
      this.#byNamespace.set(namespace, [...this.ofNamespace(namespace), index]);
    }
  }

  private defineOne({ namespace, ddoc, name, fields, filter }: IndexDefinition): void {
    const paths = JSON.stringify(fields.map(({ path }) => path));
    const filterText = filter ? JSON.stringify(filter) : null;
    const found = () => this.ofNamespace(namespace).find((index) => index.ddoc === ddoc && index.name === name);
    const known = found();
    if (known && JSON.stringify(known.fields) === paths && known.filter === filterText) return;
    if (known) {
      this.database.run('DELETE FROM mango_entries WHERE index_id = ?', [known.id]);
      this.database.run('DELETE FROM mango_indexes WHERE id = ?', [known.id]);
    }
    const sql = 'INSERT INTO mango_indexes(namespace, ddoc, name, fields, filter, blocks) VALUES (?, ?, ?, ?, ?, ?)';
    this.database.run(sql, [namespace, ddoc, name, paths, filterText, this.#height ?? 0]);
    this.load();
    const added = found();
    if (added) this.fill(namespace, added);
  }

  private fill(namespace: string, { backlog, ...index }: MangoIndex): void {
    const sql = 'SELECT key, value FROM state WHERE namespace = ? AND key > ? ORDER BY key LIMIT ?';
    let from: Buffer = Buffer.alloc(0);
    for (;;) {
      const rows = this.database.all<[Buffer, Buffer]>(sql, [namespace, from, DOCUMENTS_PER_READ]);
      for (const [key, value] of rows) {
        backlog.add(key.toString('latin1'), indexed(key, value)?.sortKey(index));
        from = key;
      }
      backlog.write();
      if (rows.length < DOCUMENTS_PER_READ) return;
    }
  }

  /**
   * Puts the documents that blocks wrote into the indexes that do not know the block: each once, as it is stored by now.
   * From the newest block backwards: there the most indexes lack what it wrote. Runs inside a transaction.
   */
  private addWritten(from: number, to: number, writtenKeys: WrittenKeys): void {
    const added = new Set<string>();
    for (let blockNum = to - 1; blockNum >= from; blockNum--) {
      for (const { namespace, key } of writtenKeys(blockNum)) {
        const document = `${namespace}\0${key}`;
        if (added.has(document)) continue;
        added.add(document);
        const lacking = this.ofNamespace(namespace).filter(({ blocks }) => blocks <= blockNum);
        this.addStored(namespace, Buffer.from(key), lacking);
      }
      for (const { backlog } of this.all()) if (backlog.size >= DUE_DOCUMENTS) backlog.write();
    }
    for (const { backlog } of this.all()) backlog.write();
  }

  private addStored(namespace: string, key: Buffer, indexes: readonly MangoIndex[]): void {
    if (indexes.length === 0) return;
    const sql = 'SELECT value FROM state WHERE namespace = ? AND key = ?';
    const [value] = this.database.get<[Buffer]>(sql, [namespace, key]) ?? [null];
    const document = indexed(key, value);
    for (const index of indexes) index.backlog.add(key.toString('latin1'), document?.sortKey(index));
  }
}

type IndexRow = [ddoc: string, name: string, fields: string, filter: string | null, blocks: number];

function readIndex([ddoc, name, stored, filter, blocks]: IndexRow): Omit<MangoIndex, 'id' | 'backlog'> {
  const fields = storedFields.parse(JSON.parse(stored));
  const paths = fields.map((field) => parseFieldPath(field) ?? [field]);
  const selector = filter === null ? undefined : parseSelector(JSON.parse(filter) as JsonObject);
  return { ddoc, name, fields, paths, filter, matches: selector && compileCondition(selector, collate), blocks };
}

function indexed(key: Buffer, value: Uint8Array | null | undefined): IndexedDocument | undefined {
  const document = value ? parseDocument(key.toString(), value) : undefined;
  return document && new IndexedDocument(document);
}
