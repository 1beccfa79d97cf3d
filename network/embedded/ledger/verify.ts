import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlockIndex } from './block-index.js';
import { blockFileSeries, scanBlocks } from './block-scan.js';
import type { ScannedBlock } from './block-scan.js';
import { MetadataIndex } from './block-serialization.js';
import { compareIndexes } from './compare-indexes.js';
import { IndexDatabase } from './index-database.js';
import { LedgerError } from './ledger-error.js';
import { indexPath, LedgerIndex } from './ledger-index.js';
import { validateReads } from './mvcc.js';
import { parseEnvelopeRwset } from './parse-rwset.js';
import { missingEntries } from './missing-entries.js';
import { privateFileSeries } from './private-data-file.js';
import { PrivateRecordReader } from './private-record-reader.js';
import { verifyPrivateWrites } from './private-writes.js';
import type { RecordLocation } from './rolled-files.js';
import {
  expectedCommitHash,
  hasCommitHash,
  hasPrivateWrites,
  storedCodes,
  transactionId,
  hashMetadata,
} from './stored-block.js';
import { ValidationCode } from './types.js';
import type { BlockParts, ParsedTransaction } from './types.js';
import type { UpdateBatch } from './update-batch.js';

/** Something that does not hold. Without a block it is about the ledger as a whole. */
export interface LedgerFinding {
  blockNum?: number;
  reason: string;
}

/** What a caller's own check of a block gets to see, such as one of signatures and policies. */
export interface BlockUnderTest extends BlockParts {
  hash: Uint8Array;
  codes: ValidationCode[];
  txIds: string[];
}

export interface VerifyOptions {
  dir: string;
  channel: string;
  /** Called for every block in order; answers what does not hold in it. */
  checkBlock?: (block: BlockUnderTest) => string[] | Promise<string[]>;
}

/**
 * Verifies a closed ledger from its bytes, trusting nothing that its index says: framing, numbers, header hash chain, data
 * hashes, metadata, transaction ids, MVCC and phantoms by replaying them, commit hashes, private data against their
 * hashes; and that the state that comes of it is the state that is stored. A process that died may have left the index some
 * blocks behind, which opening it mends: it is held against the state as of the last block that it has.
 * @returns what does not hold; nothing if all is well. The first unreadable or contradictory block ends the reading.
 */
export async function verifyLedger(options: VerifyOptions): Promise<LedgerFinding[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'verify-ledger-'));
  const rebuilt = new LedgerIndex(IndexDatabase.open(join(scratch, 'rebuilt.sqlite')));
  let stored: IndexDatabase | undefined;
  try {
    stored = IndexDatabase.openExisting(indexPath(options.dir, options.channel));
    const verification = new Verification(options, rebuilt, stored);
    await verification.run();
    return verification.findings;
  } finally {
    stored?.close();
    rebuilt.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Codes that only replaying decides: the ledger gave them, or kept VALID, after the peer had found nothing wrong. */
const DECIDED_BY_REPLAY: ReadonlySet<ValidationCode> = new Set<ValidationCode>([
  ValidationCode.VALID,
  ValidationCode.DUPLICATE_TXID,
  ValidationCode.MVCC_READ_CONFLICT,
  ValidationCode.PHANTOM_READ_CONFLICT,
]);

class Verification {
  readonly findings: LedgerFinding[] = [];
  readonly #privateRecords: PrivateRecordReader;
  readonly #storedHeight: number;
  /** What does not hold in the stored index, once it has been compared. */
  #ofIndex: LedgerFinding[] | undefined;
  #height = 0;
  #commitHash: Uint8Array = new Uint8Array();

  constructor(
    private readonly options: VerifyOptions,
    private readonly rebuilt: LedgerIndex,
    private readonly stored: IndexDatabase | undefined,
  ) {
    this.#storedHeight = stored ? new BlockIndex(stored).height() : 0;
    this.#privateRecords = new PrivateRecordReader(privateFileSeries(options.dir, options.channel));
  }

  async run(): Promise<void> {
    try {
      await this.replayBlocks();
      await this.#privateRecords.end(this.#height);
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      this.findings.push({ blockNum: error.place?.blockNum ?? this.#height, reason: error.message });
      return;
    }
    this.findings.push(...(this.#ofIndex ?? this.compareStored()));
  }

  private async replayBlocks(): Promise<void> {
    const scan = scanBlocks(blockFileSeries(this.options.dir, this.options.channel));
    let next = await scan.next();
    for (; !next.done; next = await scan.next()) {
      await this.replay(next.value);
      this.#height += 1;
      if (this.#height === this.#storedHeight) this.#ofIndex = this.compareStored();
    }
    if (next.value.tornBytes > 0) this.find(`${next.value.tornBytes} bytes behind the last block are no whole block`);
  }

  private async replay({ parts, location, hash }: ScannedBlock): Promise<void> {
    this.checkMetadata(parts);
    const stored = storedCodes(parts);
    if (!stored) throw new LedgerError('BLOCK_DAMAGED', 'its validation flags are not one per transaction');
    const transactions = parts.envelopes.map((envelope, txNum) => this.parse(envelope, txNum, stored[txNum]));
    const { codes, updates } = validateReads(transactions, this.rebuilt.state);
    for (const [txNum, code] of codes.entries()) {
      if (code !== stored[txNum])
        this.find(`transaction ${txNum} has flag ${stored[txNum]}, replaying it gives ${code}`);
    }
    const commitHash = expectedCommitHash(parts.number, stored, updates, this.#commitHash);
    if (!hasCommitHash(parts, commitHash)) this.find('the commit hash is not that of the flags and writes');
    this.#commitHash = commitHash;
    const privateLocation = await this.checkPrivateData(parts.number, transactions, updates);
    const txIds = transactions.map(({ txId }) => txId);
    for (const reason of (await this.options.checkBlock?.({ ...parts, hash, codes: stored, txIds })) ?? [])
      this.find(reason);
    this.rebuilt.apply({
      number: parts.number,
      hash,
      commitHash,
      metadataSha256: hashMetadata(parts.metadata),
      location,
      ...(privateLocation && { privateLocation }),
      transactions: transactions.map(({ txId, rwset }, txNum) => ({
        txId,
        rwset,
        code: codes[txNum] ?? NOT_VALIDATED,
      })),
      updates,
    });
  }

  private checkMetadata({ number, metadata }: BlockParts): void {
    if (metadata.length < MetadataIndex.COUNT) this.find(`it has ${metadata.length} metadata entries`);
    if (number > 0 && (metadata[MetadataIndex.SIGNATURES] ?? []).length === 0) this.find('it has no orderer signature');
  }

  private parse(envelope: Uint8Array, txNum: number, stored = NOT_VALIDATED as ValidationCode): ParsedTransaction {
    const txId = transactionId(envelope);
    if (!DECIDED_BY_REPLAY.has(stored)) return { txId, code: stored, rwset: [] };
    try {
      return { txId, code: ValidationCode.VALID, rwset: parseEnvelopeRwset(envelope) };
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      this.find(`transaction ${txNum} has flag ${stored}, but ${error.message}`);
      return { txId, code: ValidationCode.BAD_RWSET, rwset: [] };
    }
  }

  private async checkPrivateData(
    blockNum: number,
    transactions: readonly ParsedTransaction[],
    updates: UpdateBatch,
  ): Promise<RecordLocation | undefined> {
    if (!hasPrivateWrites(updates)) return undefined;
    const record = await this.#privateRecords.take(blockNum);
    if (!record) {
      this.find('its private-data record is missing');
      return undefined;
    }
    for (const writes of record.writes) {
      updates.applyPlain(verifyPrivateWrites(writes, transactions[writes.txNum]?.rwset ?? []));
    }
    return record.location;
  }

  private compareStored(): LedgerFinding[] {
    if (!this.stored) return [{ reason: 'there is no index that could be compared' }];
    const differences = [...compareIndexes(this.stored, this.rebuilt.database), ...missingEntries(this.stored)];
    return differences.map((reason) => ({ reason }));
  }

  private find(reason: string): void {
    this.findings.push({ blockNum: this.#height, reason });
  }
}

const { NOT_VALIDATED } = ValidationCode;
