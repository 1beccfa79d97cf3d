import { parseRwset } from '../ledger/parse-rwset.js';
import type { ChannelMembership, MspIdentity } from '../msp/membership.js';
import type { NamespaceRwset } from '../ledger/types.js';
import { parseEnvelope, parseTransaction, type EnvelopeParts, type TransactionAction } from './transaction.js';

/** An envelope that is ordered and then committed, both of which look into it: what is asked for is parsed, and its signature verified, once. */
export class ReceivedEnvelope {
  #parts: EnvelopeParts | undefined;
  #creator: MspIdentity | undefined;
  #action: TransactionAction | undefined;
  #rwset: NamespaceRwset[] | undefined;

  constructor(readonly bytes: Uint8Array) {}

  /** @throws {Error} where the bytes are not an envelope with headers */
  get parts(): EnvelopeParts {
    return (this.#parts ??= parseEnvelope(this.bytes));
  }

  /** Whose signature it carries, of the one channel's members. @throws {UnknownIdentityError} */
  creatorIn(membership: ChannelMembership): MspIdentity {
    const { creator, payload, signature } = this.parts;
    return (this.#creator ??= membership.verify(creator, [payload], signature));
  }

  /** @throws {Error} where it is not a transaction of one action */
  get action(): TransactionAction {
    return (this.#action ??= parseTransaction(this.parts.data));
  }

  /** @throws {Error} as `action`; {LedgerError} where the action's results are no read-write set */
  get rwset(): NamespaceRwset[] {
    return (this.#rwset ??= parseRwset(this.action.results));
  }
}
