import { createHash } from 'node:crypto';
import type { Member, Members } from '../fabric/members.js';
import type { BlockTransaction } from './read-transaction.js';

/** Whose word a transaction is. */
export interface Signatories {
  creator: Member | undefined;
  /** Peers whose endorsements verify. */
  endorsers: Member[];
}

const PEER_UNIT = 'peer';

export function signatoriesOf(transaction: BlockTransaction, members: Members): Signatories {
  const { payload, signature, responsePayload, endorsements } = transaction;
  const creator = members.identify(transaction.creator);
  return {
    creator: creator && members.isSignedBy(creator, [payload], signature) ? creator : undefined,
    endorsers: endorsements.flatMap(({ endorser, signature: endorsement }) => {
      const member = members.identify(endorser);
      const isPeer = member?.units.includes(PEER_UNIT) === true;
      return isPeer && members.isSignedBy(member, [responsePayload, endorser], endorsement) ? [member] : [];
    }),
  };
}

/** Why a transaction cannot be valid, by its form and its signatures; `undefined` where nothing speaks against it. */
export function faultOf(
  transaction: BlockTransaction,
  { creator, endorsers }: Signatories,
  channel: string,
): string | undefined {
  const { nonce, channelHeader, signatureHeader, proposalPayload, proposalHash } = transaction;
  const txId = createHash('sha256').update(nonce).update(transaction.creator).digest('hex');
  const asked = createHash('sha256').update(channelHeader).update(signatureHeader).update(proposalPayload).digest();
  if (transaction.channel !== channel) return 'it is of another channel';
  if (transaction.txId !== txId) return 'its id is not that of its nonce and creator';
  if (!creator) return 'its creator, of whom this organization has a root, did not sign it';
  if (!asked.equals(proposalHash)) return 'what was endorsed belongs to another proposal';
  if (endorsers.length === 0) return 'no peer endorsed it';
  return undefined;
}
