import { blockDataHash } from '../wire/block.js';
import { sha256 } from '../wire/sha256.js';
import type { BlockIndex, IndexedBlock } from './block-index.js';
import type { CollectionLifetimes } from './collection-lifetimes.js';
import { decodeBlockRecord, serializeBlock } from './block-serialization.js';
import { blockHash } from './block-scan.js';
import { LedgerError } from './ledger-error.js';
import { parseEnvelopeRwset } from './parse-rwset.js';
import { decodePrivateRecord } from './private-data-file.js';
import type { RolledFiles } from './rolled-files.js';
import { storedCodes, storedTransactions, transactionId, hashMetadata } from './stored-block.js';
import type { BlockParts, CommittedBlock, HistoryEntry, KeyWrite, PrivateWrites } from './types.js';

const VERSIONS_PER_READ = 100;

/** Reads what only the files hold: whole blocks, earlier values, private writes as they arrived. */
export class BlockReader {
  constructor(
    private readonly index: BlockIndex,
    private readonly lifetimes: CollectionLifetimes,
    private readonly blocks: RolledFiles,
    private readonly privateData: RolledFiles,
  ) {}

  byNumber(blockNum: bigint): CommittedBlock | undefined {
    const block = this.index.byNumber(Number(blockNum));
    return block && this.committed(block);
  }

  byHash(hash: Uint8Array): CommittedBlock | undefined {
    const block = this.index.byHash(hash);
    return block && this.committed(block);
  }

  /** Newest first. */
  *history(namespace: string, key: string): Generator<HistoryEntry> {
    let before = { block: Number.MAX_SAFE_INTEGER, tx: 0 };
    let last: { number: number; envelopes: Uint8Array[] } | undefined;
    for (;;) {
      const positions = this.index.versionsBefore(namespace, key, before, VERSIONS_PER_READ);
      for (const { block, tx } of positions) {
        if (last?.number !== block) last = this.parts(block);
        const envelope = last.envelopes[tx];
        const write = envelope && findWrite(envelope, namespace, key);
        if (!write) throw new LedgerError('BLOCK_DAMAGED', `block ${block} does not hold a write that its index names`);
        const { isDelete, value } = write;
        yield { blockNum: BigInt(block), txNum: tx, txId: transactionId(envelope), isDelete, value };
        before = { block, tx };
      }
      if (positions.length < VERSIONS_PER_READ) return;
    }
  }

  /** The public keys that a block's valid transactions wrote. */
  *writtenKeys(blockNum: number): Generator<{ namespace: string; key: string }> {
    const parts = this.parts(blockNum);
    for (const { rwset } of storedTransactions(parts, storedCodes(parts) ?? [])) {
      for (const { namespace, writes } of rwset) for (const { key } of writes) yield { namespace, key };
    }
  }

  /** Without what has been purged or has expired since. */
  privateWrites(blockNum: bigint): PrivateWrites[] {
    const block = this.index.byNumber(Number(blockNum));
    if (!block?.privateLocation) return [];
    const { writes } = decodePrivateRecord(this.privateData.read(block.privateLocation));
    return writes.filter((set) => !this.isPurged(block.number, set) && !this.hasExpired(block.number, set));
  }

  private committed({ number }: IndexedBlock): CommittedBlock {
    const parts = this.parts(number);
    return committedBlock(parts);
  }

  private parts(number: number): BlockParts {
    const block = this.index.byNumber(number);
    const record = block && decodeBlockRecord(this.blocks.read(block.location), 0);
    if (!block || record?.kind !== 'block')
      throw new LedgerError('BLOCK_DAMAGED', `block ${number} can no longer be read`);
    if (!isAsCommitted(record.parts, block)) throw new LedgerError('BLOCK_DAMAGED', `block ${number} has changed`);
    return record.parts;
  }

  /** A write set is handed out whole or not at all: without one of its writes its hash would not fit. */
  private isPurged(block: number, { txNum, namespace, collection, writes }: PrivateWrites): boolean {
    if (!this.index.hasPurges(namespace, collection)) return false;
    return writes.some(({ key }) => {
      const purge = this.index.purgedAt(namespace, collection, sha256(key));
      return purge !== undefined && (purge.block > block || (purge.block === block && purge.tx > txNum));
    });
  }

  private hasExpired(block: number, { namespace, collection }: PrivateWrites): boolean {
    const expires = this.lifetimes.expiryBlock(namespace, collection, block);
    return expires !== null && expires < this.index.height();
  }
}

function committedBlock(parts: BlockParts): CommittedBlock {
  return {
    blockNum: BigInt(parts.number),
    bytes: serializeBlock(parts),
    codes: storedCodes(parts) ?? [],
    txIds: parts.envelopes.map(transactionId),
  };
}

function isAsCommitted(parts: BlockParts, { hash, metadataSha256 }: IndexedBlock): boolean {
  return (
    Buffer.compare(blockHash(parts), hash) === 0 &&
    Buffer.compare(parts.dataHash, blockDataHash(parts.envelopes)) === 0 &&
    hashMetadata(parts.metadata).equals(metadataSha256)
  );
}

function findWrite(envelope: Uint8Array, namespace: string, key: string): KeyWrite | undefined {
  return parseEnvelopeRwset(envelope)
    .find((rwset) => rwset.namespace === namespace)
    ?.writes.find((write) => write.key === key);
}
