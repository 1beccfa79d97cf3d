import { createHash } from 'node:crypto';
import type { IndexedTransaction } from './block-index.js';
import { MetadataIndex } from './block-serialization.js';
import type { BlockParts } from './types.js';
import { commitHash, commitHashMetadata } from './commit-hash.js';
import { LedgerError } from './ledger-error.js';
import { parseEnvelopeHeader, parseEnvelopeRwset } from './parse-rwset.js';
import { ValidationCode } from './types.js';
import { UpdateBatch } from './update-batch.js';

/** The validation codes in a block's metadata; undefined where they are not one known code per envelope. */
export function storedCodes({ envelopes, metadata }: BlockParts): ValidationCode[] | undefined {
  const flags = metadata[MetadataIndex.TRANSACTIONS_FILTER];
  if (flags?.length !== envelopes.length) return undefined;
  const codes = [...flags].filter(isValidationCode);
  return codes.length === flags.length ? codes : undefined;
}

/** The transactions of a stored block; only valid ones have a read-write set. @throws {LedgerError} */
export function storedTransactions({ envelopes }: BlockParts, codes: readonly ValidationCode[]): IndexedTransaction[] {
  return envelopes.map((envelope, txNum) => {
    const code = codes[txNum] ?? ValidationCode.NOT_VALIDATED;
    const valid = code === ValidationCode.VALID;
    return { txId: transactionId(envelope), code, rwset: valid ? parseEnvelopeRwset(envelope) : [] };
  });
}

/** What a block's transactions do, taking their stored codes for right. */
export function storedUpdates(transactions: readonly IndexedTransaction[]): UpdateBatch {
  const updates = new UpdateBatch();
  for (const [txNum, { code, rwset }] of transactions.entries()) {
    if (code === ValidationCode.VALID) updates.apply(txNum, rwset);
  }
  return updates;
}

/** The commit hash that a block should have; empty for the first. */
export function expectedCommitHash(
  number: number,
  codes: readonly ValidationCode[],
  updates: UpdateBatch,
  previous: Uint8Array,
): Uint8Array {
  return number === 0 ? new Uint8Array() : commitHash(number, Uint8Array.from(codes), updates, previous);
}

/** The block with its final metadata: the flags and the commit hash beside what the orderer wrote. */
export function withFinalMetadata(
  parts: BlockParts,
  codes: readonly ValidationCode[],
  commitHashValue: Uint8Array,
): BlockParts {
  const none = new Uint8Array();
  const metadata = Array.from({ length: MetadataIndex.COUNT }, (_, index) => parts.metadata[index] ?? none);
  metadata[MetadataIndex.TRANSACTIONS_FILTER] = Uint8Array.from(codes);
  metadata[MetadataIndex.COMMIT_HASH] = commitHashValue.length > 0 ? commitHashMetadata(commitHashValue) : none;
  return { ...parts, metadata };
}

/** Whether the metadata are complete and hold this commit hash. */
export function hasCommitHash({ metadata }: BlockParts, expected: Uint8Array): boolean {
  const stored = metadata[MetadataIndex.COMMIT_HASH];
  const wanted = expected.length > 0 ? commitHashMetadata(expected) : expected;
  return stored !== undefined && Buffer.compare(stored, wanted) === 0;
}

/** SHA-256 over a block's metadata with their lengths. */
export function hashMetadata(metadata: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const item of metadata) hash.update(`${item.length}:`).update(item);
  return hash.digest();
}

/** Empty where the envelope has none or cannot be read. */
export function transactionId(envelope: Uint8Array): string {
  try {
    return parseEnvelopeHeader(envelope).txId;
  } catch (error) {
    if (error instanceof LedgerError) return '';
    throw error;
  }
}

/** Whether any valid transaction has hashes of private writes, so that the block has a private-data record. */
export function hasPrivateWrites(updates: UpdateBatch): boolean {
  return [...updates.namespaces.values()].some(({ collections }) => collections.size > 0);
}

const KNOWN_CODES: ReadonlySet<number> = new Set(Object.values(ValidationCode));

function isValidationCode(code: number): code is ValidationCode {
  return KNOWN_CODES.has(code);
}
