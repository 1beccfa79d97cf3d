import { AuditError, eventMessage } from '../../core/index.js';
import type { AgentRef, AgentSignature, Submission } from '../../core/index.js';
import type { AgentDocument } from '../state/documents.js';
import { agentStateKey } from '../state/keys.js';
import type { LedgerState } from '../state/ledger-state.js';
import { signatureCheck } from './signature.js';
import type { SignatureCheck } from './signature.js';

/** Judges signatures by the keys that agents have as of the transaction, reading each agent and key once. */
export class AgentSignatures {
  readonly #state: LedgerState;
  readonly #agents = new Map<string, Promise<AgentDocument | undefined>>();
  readonly #checks = new Map<string, Promise<SignatureCheck | undefined>>();

  constructor(state: LedgerState) {
    this.#state = state;
  }

  /** @throws {AuditError} SIGNATURE_REQUIRED, KEY_UNKNOWN, KEY_REVOKED, SIGNATURE_INVALID */
  async check({ core, hash, signature }: Submission): Promise<void> {
    const ref = { owner: core.owner, agent_id: core.agent_id };
    const agent = await once(this.#agents, agentStateKey(ref), () => this.#state.agent(ref));
    if (signature) await this.#checkSignature(ref, agent, hash, signature);
    else if (agent?.required) throw AuditError.at('', 'SIGNATURE_REQUIRED', 'the agent has to sign it itself');
  }

  async #checkSignature(
    ref: AgentRef,
    agent: AgentDocument | undefined,
    hash: string,
    { key_id: keyId, value }: AgentSignature,
  ): Promise<void> {
    const name = `${agentStateKey(ref)}~${keyId}`;
    const isSignature = await once(this.#checks, name, async () => {
      const key = await this.#state.registeredKey(ref, keyId);
      return key && signatureCheck(key.public_key);
    });
    if (!isSignature)
      throw AuditError.at('/signature/key_id', 'KEY_UNKNOWN', 'the key is not registered for the agent');
    if (!agent?.active_keys.includes(keyId)) {
      throw AuditError.at('/signature/key_id', 'KEY_REVOKED', 'the key was revoked');
    }
    if (!isSignature(eventMessage(hash), value)) {
      throw AuditError.at('/signature/value', 'SIGNATURE_INVALID', "it is not the key's over the event's hash");
    }
  }
}

function once<T>(known: Map<string, Promise<T>>, name: string, read: () => Promise<T>): Promise<T> {
  const found = known.get(name) ?? read();
  known.set(name, found);
  return found;
}
