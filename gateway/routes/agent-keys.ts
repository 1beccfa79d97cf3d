import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { agentKey, AuditError, idPart, keyId, keyRegistration, keyRevocation, LIMITS } from '../../core/index.js';
import { requireAgent } from '../http/authenticate.js';
import { jsonBody } from '../http/body.js';
import { cursor, limit, pathId, readQuery } from '../http/query.js';
import type { Services } from '../services.js';
import { validate } from '../validation.js';

export const agentKeysQuery = z.strictObject({
  owner: z
    .string()
    .min(1)
    .max(LIMITS.nameLength)
    .optional()
    .meta({ description: "The agent's organization; the gateway's own unless it says otherwise." }),
  limit,
  cursor: cursor.optional(),
});

export const agentKeyPage = z
  .strictObject({
    required: z.boolean().meta({ description: "Whether the agent's events are refused without a signature." }),
    keys: z.array(agentKey),
    next_cursor: z.string().optional(),
  })
  .meta({ id: 'AgentKeyPage' });

/** `POST /v1/agents/{agent_id}/keys` */
export function registerKey({ ledger }: Services): RequestHandler {
  return async (req, res) => {
    const registration = validate(keyRegistration, jsonBody(req), 'INVALID_REQUEST');
    const { subject } = req.principal;
    const { key, isNew } = await ledger.registerKey({ ...registration, ...agentOf(req), submitted_by: subject });
    res
      .status(isNew ? 201 : 200)
      .location(`/v1/agents/${encodeURIComponent(key.agent_id)}/keys`)
      .json(key);
  };
}

/** `GET /v1/agents/{agent_id}/keys`: those that the agent has and had. */
export function listKeys({ ledger }: Services): RequestHandler {
  return async (req, res) => {
    const { owner = ledger.network.mspId, ...page } = readQuery(agentKeysQuery, req);
    res.json(await ledger.readKeys({ owner, ...agentOf(req) }, page));
  };
}

/** `POST /v1/agents/{agent_id}/keys/{key_id}/revoke` */
export function revokeKey({ ledger }: Services): RequestHandler {
  return async (req, res) => {
    const revocation = validate(keyRevocation, jsonBody(req), 'INVALID_REQUEST');
    const id = keyId.safeParse(pathId(req, 'key_id'));
    if (!id.success) throw new AuditError('INVALID_ID', 'A key id is 32 bytes in base64url.');
    const { subject } = req.principal;
    res.json(await ledger.revokeKey({ ...revocation, ...agentOf(req), key_id: id.data, submitted_by: subject }));
  };
}

/** @throws {AuditError} INVALID_ID, FORBIDDEN */
function agentOf(req: Request): { agent_id: string } {
  const agentId = idPart.safeParse(pathId(req, 'agent_id'));
  if (!agentId.success) throw new AuditError('INVALID_ID', 'The path does not name an agent.');
  requireAgent(req.principal, agentId.data);
  return { agent_id: agentId.data };
}
