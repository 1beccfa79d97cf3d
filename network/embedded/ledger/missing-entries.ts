import type { IndexDatabase } from './index-database.js';
import { IndexedDocument } from './indexed-document.js';
import { parseDocument } from './document.js';
import { MangoIndexes } from './mango-indexes.js';
import type { MangoIndex } from './mango-indexes.js';

const ROWS_PER_READ = 500;

/**
 * The first document of the state that each Mango index lacks, of those indexes that say they know all blocks. What an
 * index has too many, queries pass over (`MangoIndexes.follow`).
 */
export function* missingEntries(stored: IndexDatabase): Generator<string> {
  const indexes = new MangoIndexes(stored);
  const sql = 'SELECT id, namespace FROM mango_indexes WHERE blocks > (SELECT max(number) FROM blocks) ORDER BY id';
  for (const [id, namespace] of stored.all<[number, string]>(sql)) {
    const index = indexes.ofNamespace(namespace).find((one) => one.id === id);
    const missing = index && firstMissing(stored, namespace, index);
    if (missing !== undefined) yield `the index ${index?.ddoc}/${index?.name} lacks ${missing}`;
  }
}

function firstMissing(stored: IndexDatabase, namespace: string, index: MangoIndex): string | undefined {
  const rows = 'SELECT key, value FROM state WHERE namespace = ? AND key > ? ORDER BY key LIMIT ?';
  const entry = 'SELECT 1 FROM mango_entries WHERE index_id = ? AND sort_key = ? AND key = ?';
  let from: Buffer = Buffer.alloc(0);
  for (;;) {
    const read = stored.all<[Buffer, Buffer]>(rows, [namespace, from, ROWS_PER_READ]);
    for (const [key, value] of read) {
      const document = parseDocument(key.toString(), value);
      const sortKey = document && new IndexedDocument(document).sortKey(index);
      if (sortKey !== undefined && !stored.get(entry, [index.id, Buffer.from(sortKey, 'latin1'), key])) {
        return key.toString();
      }
      from = key;
    }
    if (read.length < ROWS_PER_READ) return undefined;
  }
}
