/** What can be wrong with a ledger on disk, or with what it is asked to commit. */
export type LedgerFaultCode =
  /** A block that is wholly there is not what was written; the place says which one. */
  | 'BLOCK_DAMAGED'
  /** The index knows blocks that the block files no longer have. */
  | 'BLOCKS_LOST'
  /** The private-data file lacks or misrepresents something that a block commits to. */
  | 'PRIVATE_DATA_DAMAGED'
  /** Another process has the ledger open. */
  | 'LEDGER_LOCKED'
  /** The block does not continue the chain, or does not hang together. Nothing was written. */
  | 'BLOCK_REFUSED'
  /** Private writes are not those that the block's hashes are of. Nothing was written. */
  | 'PRIVATE_WRITES_REFUSED'
  /** The disk failed during a commit (or there was no room); what was half written has been taken back. */
  | 'STORAGE_FAILED'
  /** Closed, or out of use after a disk error that leaves open what is on it. */
  | 'LEDGER_UNUSABLE'
  | 'MALFORMED_ENVELOPE'
  /** A read-write set holds what this ledger does not implement. */
  | 'UNSUPPORTED_RWSET';

/** Where in a ledger's files a fault lies. `file` is the name without its directory. */
export interface LedgerPlace {
  file: string;
  offset: number;
  blockNum?: number;
}

export class LedgerError extends Error {
  override readonly name = 'LedgerError';

  constructor(
    readonly code: LedgerFaultCode,
    detail: string,
    readonly place?: LedgerPlace,
    options?: ErrorOptions,
  ) {
    super(place ? `${detail} (${formatPlace(place)})` : detail, options);
  }
}

function formatPlace({ file, offset, blockNum }: LedgerPlace): string {
  return `${blockNum === undefined ? '' : `block ${blockNum}, `}${file}, byte ${offset}`;
}
