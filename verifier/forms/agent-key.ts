import {
  agentKeyKey,
  eventMessage,
  isSignedBy,
  keyIdOf,
  registrationMessage,
  revocationKey,
} from '../../core/index.js';
import type { AgentKey, EventAnswer } from '../../core/index.js';
import type { Answer, RecordVersion } from '../answer.js';
import { check, refuse } from '../faults.js';
import { readOf, versionOf } from './reads.js';

type SignableEvent = Pick<EventAnswer['event'], 'core' | 'hash' | 'signature'>;

/** Where an agent's key was registered, and revoked if it was. */
export interface AgentKeyPlace {
  key: AgentKey;
  registered: RecordVersion;
  revoked: RecordVersion | undefined;
}

/**
 * That the key is that of the event's agent, held by whoever registered it, and that it signed the event; or that there
 * is neither key nor signature.
 * @param at of the event and of the key in the file.
 * @throws {EvidenceFault} AGENT_KEY_MISMATCH, KEY_PROOF_INVALID, AGENT_SIGNATURE_INVALID
 */
export function checkAgentSignature(
  { core, hash, signature }: SignableEvent,
  key: AgentKey | undefined,
  at: { event: string; key: string },
): void {
  const isBoth = (signature === undefined) === (key === undefined);
  check(isBoth, 'AGENT_KEY_MISMATCH', at.key, 'a signature and its key come together');
  if (!signature || !key) return;
  const isAgents = key.owner === core.owner && key.agent_id === core.agent_id;
  check(isAgents, 'AGENT_KEY_MISMATCH', at.key, `it is a key of ${key.agent_id} of ${key.owner}`);
  const keyId = keyIdOf(key.public_key);
  const isNamed = key.key_id === keyId && signature.key_id === keyId;
  check(isNamed, 'AGENT_KEY_MISMATCH', `${at.key}/public_key`, `its id is ${keyId}`);
  const isHeld = isSignedBy(key.public_key, registrationMessage(key), key.proof);
  check(isHeld, 'KEY_PROOF_INVALID', `${at.key}/proof`, 'it is not the signature of the key over its registration');
  const isSigned = isSignedBy(key.public_key, eventMessage(hash), signature.value);
  check(isSigned, 'AGENT_SIGNATURE_INVALID', `${at.event}/signature/value`, `it is not that of the key ${keyId}`);
}

/**
 * That the signed read set has the key in a version from before the event's record, and its revocation in one from
 * after it, or in none.
 * @throws {EvidenceFault} KEY_NOT_READ, KEY_REGISTERED_AFTER, KEY_REVOKED_BEFORE
 */
export function checkAgentKeyReads(
  key: AgentKey | undefined,
  answer: Answer,
  record: RecordVersion,
  at: string,
): AgentKeyPlace | undefined {
  if (!key) return undefined;
  const registered = versionOf(answer, agentKeyKey(key, key.key_id));
  const revocation = readOf(answer, revocationKey(key, key.key_id));
  if (!registered || !revocation) return refuse('KEY_NOT_READ', at, `no version of ${key.key_id} and of its end`);
  const revoked = revocation.version;
  check((revoked !== undefined) === (key.revoked !== undefined), 'KEY_NOT_READ', at, 'the revocation is another one');
  check(isBefore(registered, record), 'KEY_REGISTERED_AFTER', at, `it was registered in block ${registered.block}`);
  const isAfter = !revoked || isBefore(record, revoked);
  check(isAfter, 'KEY_REVOKED_BEFORE', at, `it was revoked in block ${revoked?.block}`);
  return { key, registered, revoked };
}

function isBefore(one: RecordVersion, other: RecordVersion): boolean {
  return one.block < other.block || (one.block === other.block && one.transaction < other.transaction);
}
