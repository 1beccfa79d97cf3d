import { z } from 'zod';
import { AuditError, compileCondition, parseSelector } from '../../../core/index.js';
import type { Condition, JsonValue, Predicate } from '../../../core/index.js';
import { compareUtf8 } from '../wire/utf8-order.js';
import { CouchDbError } from './couchdb-error.js';
import { parseDocument } from './document.js';
import type { IndexDatabase, SqlValue } from './index-database.js';
import { IndexedDocument } from './indexed-document.js';
import type { MangoIndexes } from './mango-indexes.js';
import { planQuery } from './mango-plan.js';
import type { MangoPlan } from './mango-plan.js';
import type { MangoQuery, StateEntry } from './types.js';

/** The position of an entry: its sort key (empty without an index) and its key. */
interface Position {
  sortKey: Buffer;
  key: Buffer;
}

type EntryRow = [sortKey: Buffer, key: Buffer, block: number, tx: number, value: Buffer];

const FIRST_CHUNK = 64;
const LARGEST_CHUNK = 1024;
/** CouchDB's bookmark where there is nothing to go on from. */
const NO_BOOKMARK = 'nil';

/**
 * Mango queries on the public state: an index (or all keys) as a superset, in the order of the answer; then every
 * document is matched exactly. As on a peer a `limit` in the query has no effect.
 */
export class RichQueries {
  constructor(
    private readonly database: IndexDatabase,
    private readonly indexes: MangoIndexes,
  ) {}

  /** @throws {CouchDbError} */
  query(
    namespace: string,
    query: MangoQuery,
    page = { pageSize: Number.POSITIVE_INFINITY, bookmark: '' },
  ): { entries: StateEntry[]; bookmark: string } {
    const condition = parseCondition(query);
    const plan = planQuery(query, condition, this.indexes.ofNamespace(namespace));
    if (plan.index) this.indexes.bringUpToDate(plan.index);
    const matches = compileCondition(condition, compareUtf8);
    const resumed = resumedAt(page.bookmark, plan);
    let toSkip = resumed ? 0 : (query.skip ?? 0);
    const entries: StateEntry[] = [];
    let last: Position | undefined;
    for (const row of this.scan(namespace, plan, resumed ?? startOf(plan))) {
      const entry = matchRow(row, plan, matches);
      if (!entry || toSkip-- > 0) continue;
      entries.push(entry);
      last = { sortKey: row[0], key: row[1] };
      if (entries.length >= page.pageSize) break;
    }
    return { entries, bookmark: last ? formatBookmark(last, plan) : NO_BOOKMARK };
  }

  private *scan(namespace: string, plan: MangoPlan, from: Position): Generator<EntryRow> {
    let { sortKey, key } = from;
    for (let limit = FIRST_CHUNK; ; limit = Math.min(limit * 2, LARGEST_CHUNK)) {
      const [sql, parameters] = plan.index
        ? indexScan(namespace, plan, plan.index.id, { sortKey, key })
        : keyScan(namespace, plan, key);
      const rows = this.database.all<EntryRow>(sql, [...parameters, limit]);
      yield* rows;
      const last = rows.at(-1);
      if (!last || rows.length < limit) return;
      [sortKey, key] = last;
    }
  }
}

function startOf({ lower, upper, descending, index }: MangoPlan): Position {
  const first = descending ? upper : lower;
  return index ? { sortKey: first, key: Buffer.alloc(0) } : { sortKey: Buffer.alloc(0), key: first };
}

/** Matches private values one by one: collections have no indexes here. @throws {CouchDbError} */
export function* filterDocuments(query: MangoQuery, entries: Iterable<StateEntry>): Generator<StateEntry> {
  const condition = parseCondition(query);
  planQuery(query, condition, []);
  const matches = compileCondition(condition, compareUtf8);
  let toSkip = query.skip ?? 0;
  for (const entry of entries) {
    const document = parseDocument(entry.key, entry.value);
    if (document && matches(document) && toSkip-- <= 0) yield entry;
  }
}

function parseCondition(query: MangoQuery): Condition {
  try {
    return parseSelector(query.selector as JsonValue);
  } catch (cause) {
    if (cause instanceof AuditError) throw new CouchDbError('invalid_selector', cause.message);
    throw cause;
  }
}

/** An index can hold entries of what a document was before (`MangoIndexes.follow`). */
function matchRow(
  [sortKey, key, block, tx, value]: EntryRow,
  { index }: MangoPlan,
  matches: Predicate,
): StateEntry | undefined {
  const text = key.toString();
  const document = parseDocument(text, value);
  if (!document || !matches(document)) return undefined;
  if (index && new IndexedDocument(document).sortKey(index) !== sortKey.toString('latin1')) return undefined;
  return { key: text, value, version: { blockNum: BigInt(block), txNum: tx } };
}

/** CROSS JOIN keeps SQLite from reading the state first. */
function indexScan(namespace: string, plan: MangoPlan, id: number, from: Position): [string, SqlValue[]] {
  const [bound, operator, order] = plan.descending ? ['>= ?', '<', 'DESC'] : ['< ?', '>', 'ASC'];
  const sql = `SELECT e.sort_key, s.key, s.block, s.tx, s.value
    FROM mango_entries AS e CROSS JOIN state AS s ON s.namespace = ? AND s.key = e.key
    WHERE e.index_id = ? AND e.sort_key ${bound} AND (e.sort_key, e.key) ${operator} (?, ?)
    ORDER BY e.sort_key ${order}, e.key ${order} LIMIT ?`;
  return [sql, [namespace, id, plan.descending ? plan.lower : plan.upper, from.sortKey, from.key]];
}

function keyScan(namespace: string, { descending }: MangoPlan, from: Buffer): [string, SqlValue[]] {
  const [operator, order] = descending ? ['<', 'DESC'] : ['>', 'ASC'];
  const sql = `SELECT x'', key, block, tx, value FROM state
    WHERE namespace = ? AND key ${operator} ? ORDER BY key ${order} LIMIT ?`;
  return [sql, [namespace, from]];
}

const storedBookmark = z.tuple([z.string(), z.base64(), z.base64()]);

/** Names the last entry rather than counting entries, so that later writes do not shift the next page. */
function formatBookmark({ sortKey, key }: Position, plan: MangoPlan): string {
  const parts = [indexName(plan), sortKey.toString('base64'), key.toString('base64')];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

function resumedAt(bookmark: string, plan: MangoPlan): Position | undefined {
  if (bookmark === '' || bookmark === NO_BOOKMARK) return undefined;
  try {
    const stored: unknown = JSON.parse(Buffer.from(bookmark, 'base64url').toString());
    const [index, sortKey, key] = storedBookmark.parse(stored);
    if (index === indexName(plan)) return { sortKey: Buffer.from(sortKey, 'base64'), key: Buffer.from(key, 'base64') };
  } catch {
    // Whatever it is, it is no bookmark of ours: the same answer as for one of another query.
  }
  throw new CouchDbError('invalid_bookmark', `Invalid bookmark value: ${JSON.stringify(bookmark.slice(0, 80))}`);
}

function indexName({ index, descending }: MangoPlan): string {
  return `${index ? `${index.ddoc}/${index.name}` : '_all_docs'} ${descending ? 'desc' : 'asc'}`;
}
