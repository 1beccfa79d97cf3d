import { z } from 'zod';
import { keyId } from '../../core/index.js';
import type { AgentKey, AgentKeysPage, AgentRef, PageRequest } from '../../core/index.js';
import type { AuditContext } from '../context.js';
import { readCursor, writeCursor } from '../cursor.js';

/** Where a page of an agent's keys ended. */
const position = z.strictObject({ key_id: keyId });

/** The keys that an agent has and had; none for an agent that nobody has heard of. */
export async function readKeys(ctx: AuditContext, ref: AgentRef, page: PageRequest): Promise<AgentKeysPage> {
  const request = { keys: ref };
  const after = page.cursor === undefined ? undefined : readCursor(page.cursor, request, position);
  const keys: AgentKey[] = [];
  for await (const key of ctx.state.agentKeys(ref, after?.key_id)) {
    keys.push(key);
    if (keys.length > page.limit) break;
  }
  const last = keys.length > page.limit ? keys[page.limit - 1] : undefined;
  return {
    required: (await ctx.state.agent(ref))?.required ?? false,
    keys: keys.slice(0, page.limit),
    ...(last && { next_cursor: writeCursor(request, { key_id: last.key_id }) }),
  };
}
