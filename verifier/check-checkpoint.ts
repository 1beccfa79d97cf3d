import { bytesToHex } from '@noble/hashes/utils.js';
import type { ChainInfoAnswer } from '../core/index.js';
import type { Answer, RecordVersion } from './answer.js';
import { check } from './faults.js';
import { Message } from './wire/message.js';

/**
 * That the signed bytes say of the ledger what the file says, and that it reached by then what was read.
 * @throws {EvidenceFault}
 */
export function checkCheckpoint(
  answer: ChainInfoAnswer,
  signed: Answer,
  versions: readonly RecordVersion[],
  at: string,
): void {
  checkChainInfo(answer, signed, at);
  const late = versions.find(({ block }) => block >= answer.height);
  check(late === undefined, 'CHECKPOINT_TOO_EARLY', `${at}/answer/height`, `what was read is of block ${late?.block}`);
}

/** That the signed bytes say of the ledger what the file says. @throws {EvidenceFault} ANSWER_MISMATCH */
export function checkChainInfo(answer: ChainInfoAnswer, signed: Answer, at: string): void {
  const info = new Message(signed.payload, [1, 2, 3, 4], `${at}/signed/response_payload`);
  const isSame =
    info.number(1) === answer.height &&
    bytesToHex(info.bytes(2)) === answer.block_hash &&
    bytesToHex(info.bytes(3)) === answer.previous_block_hash;
  check(isSame, 'ANSWER_MISMATCH', `${at}/answer`, 'the signed answer says something else');
}
