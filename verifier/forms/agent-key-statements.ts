import type { AgentKeyPlace } from './agent-key.js';

/** An agent's key by its id, and by what it is. */
export function nameOf({ key }: AgentKeyPlace): string {
  return `${key.key_id} (${key.public_key.crv})`;
}

/** @param signed what it signed, in words. */
export function keyHistory({ key, registered, revoked }: AgentKeyPlace, signed: string): string {
  const { agent_id: agent, owner, authorization } = key;
  const sponsor = authorization ? `its key ${authorization.key_id}` : `${owner} alone, as it had no other`;
  const end = revoked ? `revoked in block ${revoked.block}, after ${signed} was recorded` : 'not revoked since';
  return (
    `The key ${key.key_id} was registered for ${agent} of ${owner} in transaction ${registered.transaction} of block ` +
    `${registered.block} on the word of ${sponsor}; it was ${end}.`
  );
}
