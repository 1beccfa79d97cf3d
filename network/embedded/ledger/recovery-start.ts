import type { IndexedBlock } from './block-index.js';
import type { ScanStart } from './block-scan.js';
import type { LedgerIndex } from './ledger-index.js';
import type { PrivateScanStart } from './private-data-file.js';
import type { FileSeries } from './rolled-files.js';
import type { Survey } from './sealed-files.js';

/** From where on the files have to be read again. What comes before was checked when the index noted its files. */
export interface RecoveryStart {
  /** Undefined: from the first block on. */
  blocks: ScanStart | undefined;
  /** Of the block before. */
  commitHash: Uint8Array;
  privateData: PrivateScanStart;
  /** How many private-data records from there on belong to blocks that are not read again. */
  earlierRecords: number;
  surveys: Survey[];
}

/** The newest files, and whatever else was touched: opening does not take longer because the chain has become longer. */
export async function recoveryStart(
  { blocks, sealed }: LedgerIndex,
  blockFiles: FileSeries,
  privateFiles: FileSeries,
): Promise<RecoveryStart> {
  const surveys = [await sealed.survey(blockFiles), await sealed.survey(privateFiles)];
  const [blockFile = 0, privateFile = 0] = surveys.map(({ firstToRead }) => firstToRead);
  const height = blocks.firstInFile(blockFile) ?? blocks.height();
  const before = blocks.byNumber(height - 1);
  const next = blocks.nextWithPrivateData(height)?.privateLocation;
  const isInEarlierFile = next !== undefined && next.file < privateFile;
  return {
    blocks: scanBehind(before),
    commitHash: before?.commitHash ?? new Uint8Array(),
    privateData: isInEarlierFile ? next : { file: privateFile, offset: 0 },
    earlierRecords: isInEarlierFile ? 0 : blocks.countPrivateRecords(privateFile, height),
    surveys,
  };
}

function scanBehind(before: IndexedBlock | undefined): ScanStart | undefined {
  if (!before) return undefined;
  const { number, hash, location } = before;
  return { height: number + 1, previousHash: hash, file: location.file, offset: location.offset + location.length };
}
