import { AuditError, compileCondition, parseSelector } from '../../../core/index.js';
import type { Condition, JsonObject, Predicate } from '../../../core/index.js';
import { collate } from './collation.js';
import { CouchDbError } from './couchdb-error.js';
import { parseDocument } from './document.js';
import type { IndexDatabase, SqlValue } from './index-database.js';
import { IndexedDocument } from './indexed-document.js';
import type { MangoIndexes } from './mango-indexes.js';
import { planQuery } from './mango-plan.js';
import type { MangoPlan } from './mango-plan.js';
import { comparePositions, formatBookmark, NO_BOOKMARK, parseBookmark } from './query-position.js';
import type { Position } from './query-position.js';
import { encodeSortKey, isSorted, sortKeyEnd } from './sort-key.js';
import type { MangoQuery, StateEntry } from './types.js';

type EntryRow = [sortKey: Buffer, key: Buffer, block: number, tx: number, value: Buffer];

/** An entry that matches, and where in the order of the answer it is. */
interface Match {
  entry: StateEntry;
  position: Position;
}

const FIRST_CHUNK = 64;
const LARGEST_CHUNK = 1024;

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
    const resumed = parseBookmark(page.bookmark, plan);
    let toSkip = resumed ? 0 : (query.skip ?? 0);
    const entries: StateEntry[] = [];
    let last: Position | undefined;
    for (const { entry, position } of this.matches(namespace, plan, compileCondition(condition, collate), resumed)) {
      if (toSkip-- > 0) continue;
      entries.push(entry);
      last = position;
      if (entries.length >= page.pageSize) break;
    }
    return { entries, bookmark: last ? formatBookmark(last, plan) : NO_BOOKMARK };
  }

  /** In the order of the answer, those behind a position. */
  private *matches(namespace: string, plan: MangoPlan, matches: Predicate, resumed?: Position): Generator<Match> {
    const isNext = ({ position }: Match): boolean => !resumed || comparePositions(plan, resumed, position) < 0;
    const unsorted = [...this.unsorted(namespace, plan)]
      .flatMap((row) => matchRow(row, plan, matches))
      .filter(isNext)
      .sort((left, right) => comparePositions(plan, left.position, right.position));
    let next = unsorted.shift();
    for (const row of this.sorted(namespace, plan, startOf(plan, resumed))) {
      for (const match of matchRow(row, plan, matches)) {
        if (!isNext(match)) continue;
        for (; next && comparePositions(plan, next.position, match.position) < 0; next = unsorted.shift()) yield next;
        yield match;
      }
    }
    if (next) yield* [next, ...unsorted];
  }

  private *sorted(namespace: string, plan: MangoPlan, from: Start): Generator<EntryRow> {
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

  /** Entries whose keys say nothing about their order. */
  private unsorted(namespace: string, { index, unsorted }: MangoPlan): EntryRow[] {
    if (!index) return [];
    const sql = `${ENTRIES} e.sort_key >= ? AND e.sort_key < ?`;
    return this.database.all<EntryRow>(sql, [namespace, index.id, unsorted, sortKeyEnd(unsorted)]);
  }
}

/** Matches private values one by one: collections have no indexes here. @throws {CouchDbError} */
export function* filterDocuments(query: MangoQuery, entries: Iterable<StateEntry>): Generator<StateEntry> {
  const condition = parseCondition(query);
  planQuery(query, condition, []);
  const matches = compileCondition(condition, collate);
  let toSkip = query.skip ?? 0;
  for (const entry of entries) {
    const document = parseDocument(entry.key, entry.value);
    if (document && matches(document) && toSkip-- <= 0) yield entry;
  }
}

function parseCondition(query: MangoQuery): Condition {
  try {
    return parseSelector(query.selector as JsonObject);
  } catch (cause) {
    if (cause instanceof AuditError) throw new CouchDbError('invalid_selector', cause.message);
    throw cause;
  }
}

/** At most one. An index can hold entries of what a document was before (`MangoIndexes.follow`). */
function matchRow([sortKey, key, block, tx, value]: EntryRow, { index }: MangoPlan, matches: Predicate): Match[] {
  const text = key.toString();
  const document = parseDocument(text, value);
  if (!document || !matches(document)) return [];
  const entry = { key: text, value, version: { blockNum: BigInt(block), txNum: tx } };
  if (!index) return [{ entry, position: { values: [], key } }];
  const indexed = new IndexedDocument(document);
  if (indexed.sortKey(index) !== sortKey.toString('latin1')) return [];
  return [{ entry, position: { values: indexed.values(index), key } }];
}

/** Where a scan of sorted keys begins: behind this. */
interface Start {
  sortKey: Buffer;
  key: Buffer;
}

function startOf({ lower, upper, descending, index }: MangoPlan, resumed?: Position): Start {
  const first = descending ? upper : lower;
  if (!index) return { sortKey: Buffer.alloc(0), key: resumed?.key ?? first };
  const sortKey = resumed && encodeSortKey(resumed.values);
  return resumed && sortKey && isSorted(sortKey)
    ? { sortKey, key: resumed.key }
    : { sortKey: first, key: Buffer.alloc(0) };
}

/** CROSS JOIN keeps SQLite from reading the state first. */
const ENTRIES = `SELECT e.sort_key, s.key, s.block, s.tx, s.value
  FROM mango_entries AS e CROSS JOIN state AS s ON s.namespace = ? AND s.key = e.key
  WHERE e.index_id = ? AND`;

function indexScan(namespace: string, plan: MangoPlan, id: number, from: Start): [string, SqlValue[]] {
  const [bound, operator, order] = plan.descending ? ['>= ?', '<', 'DESC'] : ['< ?', '>', 'ASC'];
  const sql = `${ENTRIES} e.sort_key ${bound} AND (e.sort_key, e.key) ${operator} (?, ?)
    ORDER BY e.sort_key ${order}, e.key ${order} LIMIT ?`;
  return [sql, [namespace, id, plan.descending ? plan.lower : plan.upper, from.sortKey, from.key]];
}

function keyScan(namespace: string, { descending }: MangoPlan, from: Buffer): [string, SqlValue[]] {
  const [operator, order] = descending ? ['<', 'DESC'] : ['>', 'ASC'];
  const sql = `SELECT x'', key, block, tx, value FROM state
    WHERE namespace = ? AND key ${operator} ? ORDER BY key ${order} LIMIT ?`;
  return [sql, [namespace, from]];
}
