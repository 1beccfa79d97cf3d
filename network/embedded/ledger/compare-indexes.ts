import type { IndexDatabase, SqlValue } from './index-database.js';

/** The tables that follow from the blocks, with the columns that identify and order their rows first. */
const TABLES = [
  { table: 'blocks', key: ['number'], rest: ['hash', 'commit_hash', 'metadata_sha256', 'file', 'offset', 'length'] },
  { table: 'transactions', key: ['tx_id'], rest: ['block', 'tx', 'code'] },
  { table: 'state', key: ['namespace', 'key'], rest: ['block', 'tx', 'value'] },
  { table: 'history', key: ['namespace', 'key', 'block', 'tx'], rest: [] },
  {
    table: 'private_state',
    key: ['namespace', 'collection', 'key_hash'],
    rest: ['key', 'block', 'tx', 'value_hash', 'value', 'expires'],
  },
  { table: 'purges', key: ['namespace', 'collection', 'key_hash'], rest: ['block', 'tx'] },
] as const;

const ROWS_PER_READ = 500;

/** The first difference in each table between what is stored and what the blocks say. */
export function* compareIndexes(stored: IndexDatabase, rebuilt: IndexDatabase): Generator<string> {
  for (const { table, key, rest } of TABLES) {
    const storedRows = readRows(stored, table, key, rest);
    const rebuiltRows = readRows(rebuilt, table, key, rest);
    for (;;) {
      const left = storedRows.next();
      const right = rebuiltRows.next();
      if (left.done && right.done) break;
      const [storedRow, rebuiltRow] = [left.value, right.value];
      if (storedRow && rebuiltRow && sameRow(storedRow, rebuiltRow)) continue;
      const row = rebuiltRow ?? storedRow ?? [];
      yield `the stored ${table} differ from the blocks at ${row.slice(0, key.length).map(formatValue).join(' ')}`;
      break;
    }
  }
}

function* readRows(
  database: IndexDatabase,
  table: string,
  key: readonly string[],
  rest: readonly string[],
): Generator<SqlValue[], undefined> {
  const columns = [...key, ...rest].join(', ');
  const keys = key.join(', ');
  const after = `WHERE (${keys}) > (${key.map(() => '?').join(', ')})`;
  const order = `ORDER BY ${keys} LIMIT ${ROWS_PER_READ}`;
  let rows = database.all<SqlValue[]>(`SELECT ${columns} FROM ${table} ${order}`);
  for (;;) {
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < ROWS_PER_READ) return undefined;
    rows = database.all<SqlValue[]>(`SELECT ${columns} FROM ${table} ${after} ${order}`, last.slice(0, key.length));
  }
}

function sameRow(left: SqlValue[], right: SqlValue[]): boolean {
  return left.every((value, index) => {
    const other = right[index];
    return value instanceof Uint8Array && other instanceof Uint8Array
      ? Buffer.compare(value, other) === 0
      : value === other;
  });
}

function formatValue(value: SqlValue): string {
  if (!(value instanceof Uint8Array)) return String(value);
  const text = Buffer.from(value).toString();
  return text.includes('\ufffd') ? Buffer.from(value).toString('hex') : text;
}
