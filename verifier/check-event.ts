import { bytesToHex } from '@noble/hashes/utils.js';
import {
  AuditError,
  canonicalize,
  formatLocator,
  hashCore,
  LIMITS,
  recordKey,
  verifyPresentOpenings,
} from '../core/index.js';
import type { ChainInfoAnswer, Evidence, JsonValue } from '../core/index.js';
import type { Answer, RecordVersion } from './answer.js';
import { checkAgentKeyReads, checkAgentSignature } from './check-agent-key.js';
import type { AgentKeyPlace } from './check-agent-key.js';
import { check, refuse } from './faults.js';
import { Message } from './wire/message.js';

/** That the event is in itself what it says: its locator, its hash, its agent's signature, what opens its commitments. */
export function checkEvent({ event: { answer, openings } }: Evidence): void {
  const { core, hash, locator } = answer.event;
  const at = '/event/answer/event';
  check(formatLocator(core) === locator, 'LOCATOR_MISMATCH', `${at}/locator`, `it would be ${formatLocator(core)}`);
  check(hashCore(core) === hash, 'EVENT_HASH_MISMATCH', `${at}/hash`, 'the core has another hash');
  checkAgentSignature(answer.event, answer.agent_key, { event: at, key: '/event/answer/agent_key' });
  try {
    verifyPresentOpenings(core, openings ?? {});
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    refuse('COMMITMENT_MISMATCH', `/event${error.errors[0]?.pointer ?? '/openings'}`, error.message);
  }
}

/** That the signed bytes say of the event what the file says; where its record and its agent's key were written. */
export function checkEventAnswer(
  { event: { answer } }: Evidence,
  signed: Answer,
): { record: RecordVersion; agentKey: AgentKeyPlace | undefined } {
  const text = canonicalize(answer as unknown as JsonValue, LIMITS.envelopeDepth);
  check(sameText(text, signed.payload), 'ANSWER_MISMATCH', '/event/answer', 'the signed answer says something else');
  const { core } = answer.event;
  const key = recordKey(core, answer.record_first_seq);
  const reads = signed.readSet.find(({ namespace }) => namespace === signed.chaincode)?.reads ?? [];
  const version = reads.find((read) => read.key === key)?.version;
  const isWithin = answer.record_first_seq <= core.seq && core.seq < answer.record_first_seq + LIMITS.eventsPerRecord;
  if (!version || !isWithin) return refuse('RECORD_NOT_READ', '/event/signed/response_payload', `no version of ${key}`);
  return { record: version, agentKey: checkAgentKeyReads(answer.agent_key, reads, version, '/event/answer/agent_key') };
}

/** That the signed bytes say of the ledger what the file says, and that it reached the event's block by then. */
export function checkCheckpoint(answer: ChainInfoAnswer, signed: Answer, record: RecordVersion, at: string): void {
  const info = new Message(signed.payload, [1, 2, 3, 4], `${at}/signed/response_payload`);
  const isSame =
    info.number(1) === answer.height &&
    bytesToHex(info.bytes(2)) === answer.block_hash &&
    bytesToHex(info.bytes(3)) === answer.previous_block_hash;
  check(isSame, 'ANSWER_MISMATCH', `${at}/answer`, 'the signed answer says something else');
  const isBehind = answer.height > record.block;
  check(isBehind, 'CHECKPOINT_TOO_EARLY', `${at}/answer/height`, `the event is in block ${record.block}`);
}

function sameText(text: string, bytes: Uint8Array): boolean {
  const own = new TextEncoder().encode(text);
  return own.length === bytes.length && own.every((byte, index) => byte === bytes[index]);
}
