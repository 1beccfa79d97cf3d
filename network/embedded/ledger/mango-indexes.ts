import { z } from 'zod';
import { fieldAt, parseFieldPath } from '../../../core/index.js';
import type { JsonObject, JsonValue } from '../../../core/index.js';
import { parseDocument } from './document.js';
import type { IndexDatabase } from './index-database.js';
import { encodeSortKey } from './sort-key.js';
import type { IndexDefinition } from './types.js';

/** An index as a view of CouchDB's: the documents that have all its fields, sorted by these fields' values. */
export interface MangoIndex {
  id: number;
  ddoc: string;
  name: string;
  fields: string[];
  paths: string[][];
}

const storedFields = z.array(z.string());
const DOCUMENTS_PER_READ = 500;

/** The JSON indexes of all namespaces, kept up to date with every write. */
export class MangoIndexes {
  readonly #byNamespace = new Map<string, MangoIndex[]>();

  constructor(private readonly database: IndexDatabase) {
    this.load();
  }

  ofNamespace(namespace: string): readonly MangoIndex[] {
    return this.#byNamespace.get(namespace) ?? [];
  }

  /** Adds indexes and fills them; one that is there already with the same fields stays as it is. */
  define(definitions: readonly IndexDefinition[]): void {
    this.database.transaction(() => {
      for (const { namespace, ddoc, name, fields } of definitions) {
        const paths = fields.map(({ path }) => path);
        const known = this.ofNamespace(namespace).find((index) => index.ddoc === ddoc && index.name === name);
        if (known && JSON.stringify(known.fields) === JSON.stringify(paths)) continue;
        if (known) this.drop(known);
        this.database.run('INSERT INTO mango_indexes(namespace, ddoc, name, fields) VALUES (?, ?, ?, ?)', [
          namespace,
          ddoc,
          name,
          JSON.stringify(paths),
        ]);
        this.load();
        const added = this.ofNamespace(namespace).find((index) => index.ddoc === ddoc && index.name === name);
        if (added) this.fill(namespace, added);
      }
    });
  }

  /** Before a key's value changes. @param value the new one; null for a deletion. */
  update(namespace: string, key: Buffer, value: Uint8Array | null): void {
    const indexes = this.ofNamespace(namespace);
    if (indexes.length === 0) return;
    const text = key.toString();
    const sql = 'SELECT value FROM state WHERE namespace = ? AND key = ?';
    const old = this.database.get<[Buffer]>(sql, [namespace, key]);
    const oldDocument = old && parseDocument(text, old[0]);
    const document = value ? parseDocument(text, value) : undefined;
    for (const index of indexes) {
      const oldEntry = oldDocument && sortKeyOf(index, oldDocument);
      const entry = document && sortKeyOf(index, document);
      if (oldEntry && entry && oldEntry.equals(entry)) continue;
      if (oldEntry) {
        const remove = 'DELETE FROM mango_entries WHERE index_id = ? AND sort_key = ? AND key = ?';
        this.database.run(remove, [index.id, oldEntry, key]);
      }
      if (entry) this.database.run('INSERT INTO mango_entries VALUES (?, ?, ?)', [index.id, entry, key]);
    }
  }

  private load(): void {
    this.#byNamespace.clear();
    type Row = [id: number, namespace: string, ddoc: string, name: string, fields: string];
    for (const [id, namespace, ddoc, name, stored] of this.database.all<Row>(
      'SELECT * FROM mango_indexes ORDER BY id',
    )) {
      const fields = storedFields.parse(JSON.parse(stored));
      const paths = fields.map((field) => parseFieldPath(field) ?? [field]);
      const indexes = this.#byNamespace.get(namespace) ?? [];
      this.#byNamespace.set(namespace, [...indexes, { id, ddoc, name, fields, paths }]);
    }
  }

  private drop({ id }: MangoIndex): void {
    this.database.run('DELETE FROM mango_entries WHERE index_id = ?', [id]);
    this.database.run('DELETE FROM mango_indexes WHERE id = ?', [id]);
  }

  private fill(namespace: string, index: MangoIndex): void {
    const sql = 'SELECT key, value FROM state WHERE namespace = ? AND key > ? ORDER BY key LIMIT ?';
    let from: Uint8Array = new Uint8Array();
    for (;;) {
      const rows = this.database.all<[Buffer, Buffer]>(sql, [namespace, from, DOCUMENTS_PER_READ]);
      for (const [key, value] of rows) {
        const document = parseDocument(key.toString(), value);
        const entry = document && sortKeyOf(index, document);
        if (entry) this.database.run('INSERT INTO mango_entries VALUES (?, ?, ?)', [index.id, entry, key]);
        from = key;
      }
      if (rows.length < DOCUMENTS_PER_READ) return;
    }
  }
}

/** Undefined where a field is missing: such a document is not in the index. */
function sortKeyOf(index: MangoIndex, document: JsonObject): Buffer | undefined {
  const values: JsonValue[] = [];
  for (const path of index.paths) {
    const value = fieldAt(document, path);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return encodeSortKey(values);
}
