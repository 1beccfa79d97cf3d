import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import type { BlockProof, ChainInfoAnswer, EventAnswer } from '../../core/index.js';
import type { RecordVersion } from '../answer.js';
import { check, EvidenceFault, refuse } from '../faults.js';
import type { Trust } from '../trust.js';
import { readEnvelope } from './envelope.js';
import { hashData, hashHeader, writeHeader } from './header.js';
import type { BlockHeader } from './header.js';
import { checkOrderers } from './orderers.js';
import { checkTransaction } from './transaction.js';
import type { Recording } from './transaction.js';
import { countEvents } from './write.js';

export interface BlockFindings extends Recording {
  /** Orderers of the user's that signed the block; nothing where the user named none. */
  orderers: string[] | undefined;
  /** Of the block before, of the block, and of those that lead from it to the highest checkpoint, by number. */
  hashes: ReadonlyMap<number, string>;
}

/** What the signed answers say, which the block has to fit. */
export interface AttestedPlace {
  proof: EventAnswer;
  record: RecordVersion;
  checkpoints: readonly ChainInfoAnswer[];
}

const AT = '/block';

/**
 * That a block holds the transaction that recorded the event, that its header leads to the signed checkpoints, and, if
 * the user names orderers, that they signed it.
 * @throws {EvidenceFault}
 */
export function checkBlock(block: BlockProof, place: AttestedPlace, trust: Trust): BlockFindings {
  const { record, proof } = place;
  const isThere = block.number === record.block && block.transaction === record.transaction;
  check(isThere, 'BLOCK_MISMATCH', AT, `the event is in transaction ${record.transaction} of block ${record.block}`);
  const envelope = block.envelopes[block.transaction];
  if (!envelope) return refuse('BLOCK_MISMATCH', `${AT}/transaction`, 'the block has no such transaction');
  const header = {
    number: block.number,
    previousHash: hexToBytes(block.previous_hash),
    dataHash: hashData(block.envelopes),
  };
  const hashes = checkHeaders(header, block.headers, place.checkpoints);
  const recording = checkTransaction(envelope, proof, trust, `${AT}/envelopes/${block.transaction}`);
  checkDisclosure(block);
  const signed = {
    metadata: block.signatures,
    header: writeHeader(header),
    time: recording.seconds * 1000,
    at: `${AT}/signatures`,
  };
  return { ...recording, hashes, orderers: trust.orderers && checkOrderers(signed, trust.orderers) };
}

/** What the file shows besides the event. Transactions of other kinds, and broken ones, show no event that can be read. */
export function countDisclosed(envelopes: readonly Uint8Array[]): BlockProof['discloses'] {
  const events = envelopes.reduce((sum, envelope) => sum + countEventsIn(envelope), 0);
  return { transactions: envelopes.length - 1, events: events - 1 };
}

/** Each header has the hash of the one before; the highest checkpoint is of the last of them, and none is beyond. */
function checkHeaders(
  header: BlockHeader,
  dataHashes: readonly string[],
  checkpoints: readonly ChainInfoAnswer[],
): ReadonlyMap<number, string> {
  const hashes = new Map<number, string>([[header.number - 1, bytesToHex(header.previousHash)]]);
  let last = hashHeader(header);
  hashes.set(header.number, bytesToHex(last));
  dataHashes.forEach((dataHash, index) => {
    const number = header.number + 1 + index;
    last = hashHeader({ number, previousHash: last, dataHash: hexToBytes(dataHash) });
    hashes.set(number, bytesToHex(last));
  });
  for (const { height, block_hash, previous_block_hash } of checkpoints) {
    const leads = hashes.get(height - 1) === block_hash && hashes.get(height - 2) === previous_block_hash;
    check(leads, 'HEADER_CHAIN_BROKEN', `${AT}/headers`, `they do not lead to block ${height - 1}`);
  }
  const highest = Math.max(...checkpoints.map(({ height }) => height));
  const isAll = header.number + dataHashes.length === highest - 1;
  check(isAll, 'HEADER_CHAIN_BROKEN', `${AT}/headers`, `they do not end at block ${highest - 1}`);
  return hashes;
}

function checkDisclosure({ envelopes, discloses }: BlockProof): void {
  const actual = countDisclosed(envelopes);
  const isSo = actual.transactions === discloses.transactions && actual.events === discloses.events;
  check(isSo, 'DISCLOSURE_MISMATCH', `${AT}/discloses`, `${actual.transactions} transactions, ${actual.events} events`);
}

function countEventsIn(envelope: Uint8Array): number {
  try {
    return countEvents(readEnvelope(envelope, AT).responsePayload, AT);
  } catch (error) {
    if (error instanceof EvidenceFault) return 0;
    throw error;
  }
}
