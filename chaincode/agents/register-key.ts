import { AuditError, keyIdOf, LIMITS, registrationMessage } from '../../core/index.js';
import type { AgentKey, AgentRef, RegisterKeyRequest } from '../../core/index.js';
import type { AuditContext } from '../context.js';
import type { AgentDocument } from '../state/documents.js';
import { isHeld, signatureCheck } from './signature.js';

/**
 * Registers a key of an agent of the asking organization. Its own signature shows that the agent holds it; where the
 * agent has keys already, one of them must have signed for it, so that a gateway cannot bring in a key of its own.
 * The same registration again answers the one that is there.
 * @throws {AuditError} SIGNATURE_INVALID, KEY_UNAUTHORIZED, KEY_REVOKED, KEY_CONFLICT, TOO_LARGE
 */
export async function registerKey(ctx: AuditContext, request: RegisterKeyRequest): Promise<AgentKey> {
  const { submitted_by, ...registration } = request;
  const ref = { owner: ctx.mspId, agent_id: request.agent_id };
  const message = registrationMessage({ ...registration, ...ref });
  if (!isHeld(request.public_key, message, request.proof)) {
    throw AuditError.at('/proof', 'SIGNATURE_INVALID', 'the key has not signed its registration');
  }
  const keyId = keyIdOf(request.public_key);
  const existing = await ctx.state.agentKey(ref, keyId);
  if (existing) return requireSame(existing, request.required);
  const agent = await ctx.state.agent(ref);
  await requireAuthorization(ctx, ref, agent, request, message);
  const key: AgentKey = {
    ...registration,
    owner: ref.owner,
    key_id: keyId,
    registered: { ...ctx.stamp, ...(submitted_by !== undefined && { submitted_by }) },
  };
  ctx.state.putAgentKey(key);
  ctx.state.putAgent({
    doc_type: 'agent',
    v: 1,
    ...ref,
    required: request.required || agent?.required === true,
    active_keys: [...(agent?.active_keys ?? []), keyId].sort(),
  });
  return key;
}

function requireSame(existing: AgentKey, required: boolean): AgentKey {
  if (existing.revoked) throw new AuditError('KEY_REVOKED', 'a revoked key cannot be registered again');
  if (existing.required === required) return existing;
  throw AuditError.at('/required', 'KEY_CONFLICT', `it was registered with ${String(existing.required)}`);
}

async function requireAuthorization(
  ctx: AuditContext,
  ref: AgentRef,
  agent: AgentDocument | undefined,
  { authorization }: RegisterKeyRequest,
  message: Uint8Array,
): Promise<void> {
  const active = agent?.active_keys ?? [];
  if (active.length >= LIMITS.keysPerAgent) {
    throw new AuditError('TOO_LARGE', `an agent has at most ${LIMITS.keysPerAgent} keys: revoke one first`);
  }
  if (active.length === 0 && !authorization) return;
  const key =
    authorization && active.includes(authorization.key_id)
      ? await ctx.state.agentKey(ref, authorization.key_id)
      : undefined;
  if (!authorization || !key) {
    throw AuditError.at('/authorization', 'KEY_UNAUTHORIZED', 'expected the signature of a key that the agent has');
  }
  if (!signatureCheck(key.public_key)(message, authorization.value)) {
    throw AuditError.at('/authorization', 'SIGNATURE_INVALID', 'the key has not signed for the new one');
  }
}
