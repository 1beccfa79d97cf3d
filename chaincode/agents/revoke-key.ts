import { AuditError } from '../../core/index.js';
import type { AgentKey, RevokeKeyRequest } from '../../core/index.js';
import type { AuditContext } from '../context.js';

/**
 * Ends a key of an agent of the asking organization: no event that it signed is recorded from now on; those that are
 * stay as they are. Revoking it again answers the revocation that is there.
 * @throws {AuditError} NOT_FOUND
 */
export async function revokeKey(ctx: AuditContext, request: RevokeKeyRequest): Promise<AgentKey> {
  const { agent_id, key_id, ...said } = request;
  const ref = { owner: ctx.mspId, agent_id };
  const key = await ctx.state.agentKey(ref, key_id);
  const agent = await ctx.state.agent(ref);
  if (!key || !agent) throw new AuditError('NOT_FOUND', 'the agent has no such key');
  if (key.revoked) return key;
  const revoked = { ...ctx.stamp, ...said };
  ctx.state.putKeyRevocation(ref, key_id, revoked);
  ctx.state.putAgent({ ...agent, active_keys: agent.active_keys.filter((active) => active !== key_id) });
  return { ...key, revoked };
}
