import { encodeIdPart } from './encode.js';

/** One agent of one organization: whose keys are registered. */
export interface AgentRef {
  owner: string;
  agent_id: string;
}

/** The ledger key of a registered key; signed answers name the version that they read of it. */
export function agentKeyKey(agent: AgentRef, keyId: string): string {
  return `k~${formatAgent(agent)}~${keyId}`;
}

/** The ledger key of a key's revocation: without a version in a signed answer where there is none. */
export function revocationKey(agent: AgentRef, keyId: string): string {
  return `x~${formatAgent(agent)}~${keyId}`;
}

export function formatAgent({ owner, agent_id }: AgentRef): string {
  return `${encodeIdPart(owner)}~${encodeIdPart(agent_id)}`;
}
