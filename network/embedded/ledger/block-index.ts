import type { IndexDatabase } from './index-database.js';
import type { RecordLocation } from './rolled-files.js';
import { ValidationCode } from './types.js';
import type { NamespaceRwset } from './types.js';

/** A block's row: where its records stand and what they must hold. */
export interface IndexedBlock {
  number: number;
  hash: Uint8Array;
  commitHash: Uint8Array;
  /** Over the metadata, which no header covers. */
  metadataSha256: Uint8Array;
  location: RecordLocation;
  privateLocation?: RecordLocation;
}

export interface IndexedTransaction {
  txId: string;
  code: ValidationCode;
  rwset: readonly NamespaceRwset[];
}

type BlockRow = [
  number: number,
  hash: Buffer,
  commitHash: Buffer,
  metadataSha256: Buffer,
  file: number,
  offset: number,
  length: number,
  privateFile: number | null,
  privateOffset: number,
  privateLength: number,
];

/** Blocks, transaction ids and the positions of each key's versions. */
export class BlockIndex {
  constructor(private readonly database: IndexDatabase) {}

  height(): number {
    return this.database.get<[number]>('SELECT coalesce(max(number) + 1, 0) FROM blocks')?.[0] ?? 0;
  }

  byNumber(number: number): IndexedBlock | undefined {
    const row = this.database.get<BlockRow>('SELECT * FROM blocks WHERE number = ?', [number]);
    return row && blockOf(row);
  }

  /** The first block in a file. */
  firstInFile(file: number): number | undefined {
    const sql = 'SELECT number FROM blocks WHERE file = ? ORDER BY number LIMIT 1';
    return this.database.get<[number]>(sql, [file])?.[0];
  }

  /** The first block at or behind `number` that has private data. */
  nextWithPrivateData(number: number): IndexedBlock | undefined {
    const sql = 'SELECT * FROM blocks WHERE number >= ? AND private_file IS NOT NULL ORDER BY number LIMIT 1';
    const row = this.database.get<BlockRow>(sql, [number]);
    return row && blockOf(row);
  }

  /** How many records of blocks before `number` stand in such a private-data file or a later one. */
  countPrivateRecords(file: number, number: number): number {
    const sql = 'SELECT count(*) FROM blocks WHERE private_file >= ? AND number < ?';
    return this.database.get<[number]>(sql, [file, number])?.[0] ?? 0;
  }

  byHash(hash: Uint8Array): IndexedBlock | undefined {
    const row = this.database.get<BlockRow>('SELECT * FROM blocks WHERE hash = ?', [hash]);
    return row && blockOf(row);
  }

  add(block: IndexedBlock, transactions: readonly IndexedTransaction[]): void {
    const { location, privateLocation } = block;
    this.database.run('INSERT INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)', [
      block.number,
      block.hash,
      block.commitHash,
      block.metadataSha256,
      location.file,
      location.offset,
      location.length,
      privateLocation?.file ?? null,
      privateLocation?.offset ?? null,
      privateLocation?.length ?? null,
    ]);
    for (const [txNum, { txId, code, rwset }] of transactions.entries()) {
      // The first transaction of an id keeps it: a duplicate is never valid.
      const sql = 'INSERT OR IGNORE INTO transactions VALUES (?, ?, ?, ?)';
      if (txId !== '') this.database.run(sql, [txId, block.number, txNum, code]);
      if (code === ValidationCode.VALID) this.addHistory(block.number, txNum, rwset);
    }
  }

  /** Positions of a key's versions, newest first, those before a position. */
  versionsBefore(
    namespace: string,
    key: string,
    before: { block: number; tx: number },
    limit: number,
  ): { block: number; tx: number }[] {
    const rows = this.database.all<[number, number]>(
      `SELECT block, tx FROM history WHERE namespace = ? AND key = ? AND (block, tx) < (?, ?)
        ORDER BY block DESC, tx DESC LIMIT ?`,
      [namespace, Buffer.from(key), before.block, before.tx, limit],
    );
    return rows.map(([block, tx]) => ({ block, tx }));
  }

  hasPurges(namespace: string, collection: string): boolean {
    const sql = 'SELECT 1 FROM purges WHERE namespace = ? AND collection = ? LIMIT 1';
    return this.database.get<[number]>(sql, [namespace, collection]) !== undefined;
  }

  purgedAt(namespace: string, collection: string, keyHash: Uint8Array): { block: number; tx: number } | undefined {
    const sql = 'SELECT block, tx FROM purges WHERE namespace = ? AND collection = ? AND key_hash = ?';
    const row = this.database.get<[number, number]>(sql, [namespace, collection, keyHash]);
    return row && { block: row[0], tx: row[1] };
  }

  private addHistory(block: number, txNum: number, rwset: readonly NamespaceRwset[]): void {
    for (const { namespace, writes } of rwset) {
      const rows = writes.map(({ key }) => [namespace, Buffer.from(key), block, txNum]);
      this.database.runWithAll((all) => `INSERT OR IGNORE INTO history VALUES ${all}`, '(?, ?, ?, ?)', rows);
    }
  }
}

function blockOf(row: Readonly<BlockRow>): IndexedBlock {
  const [number, hash, commitHash, metadataSha256, file, offset, length, privateFile, privateOffset, privateLength] =
    row;
  return {
    number,
    hash,
    commitHash,
    metadataSha256,
    location: { file, offset, length },
    ...(privateFile !== null && {
      privateLocation: { file: privateFile, offset: privateOffset, length: privateLength },
    }),
  };
}
