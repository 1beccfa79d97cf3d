import { z } from 'zod';
import { idPart } from '../event/schema.js';
import { keyRegistration, keyRevocation } from '../keys/agent-key.js';
import type { AgentKey } from '../keys/agent-key.js';
import { keyId } from '../keys/public-key.js';
import { LIMITS } from '../limits.js';

/** Arguments and answers of the contract's transactions on agents' keys. */

const subject = z.string().min(1).max(LIMITS.nameLength);

export const registerKeyRequest = keyRegistration.extend({ agent_id: idPart, submitted_by: subject.optional() });
export type RegisterKeyRequest = z.output<typeof registerKeyRequest>;

export const revokeKeyRequest = keyRevocation.extend({
  agent_id: idPart,
  key_id: keyId,
  submitted_by: subject.optional(),
});
export type RevokeKeyRequest = z.output<typeof revokeKeyRequest>;

export const agentRef = z.strictObject({ owner: subject, agent_id: idPart });

/** Keys that an agent has and had, in the order of their ids. */
export interface AgentKeysPage {
  /** Whether events of the agent are refused without a signature. */
  required: boolean;
  keys: AgentKey[];
  next_cursor?: string;
}
