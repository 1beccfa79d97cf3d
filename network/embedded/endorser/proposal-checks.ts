import { common } from '@hyperledger/fabric-protos';
import { computeTxId } from '../wire/transaction-id.js';
import type { ChannelMembership, MspIdentity } from '../msp/membership.js';
import type { Proposal } from './proposal.js';

/** A proposal that a peer does not act on; the message is worded as Fabric's peer words it. */
export class ProposalRefusedError extends Error {
  override readonly name = 'ProposalRefusedError';
}

/** How far a proposal's timestamp may lie from the peer's clock (peer.authentication.timewindow). */
export const TIME_WINDOW_MS = 15 * 60_000;

/**
 * What a peer checks of a proposal before it simulates it.
 * @returns the creator, whose signature, certificate and expiry were verified
 * @throws {ProposalRefusedError}
 */
export function checkProposal(
  proposal: Proposal,
  membership: ChannelMembership,
  isCommitted: (txId: string) => boolean,
  nowMs: number,
): MspIdentity {
  checkHeader(proposal);
  checkTimestamp(proposal.timestampMs, nowMs);
  const creator = verifyCreator(proposal, membership);
  if (creator.notAfterMs < nowMs) throw new ProposalRefusedError('proposal client identity expired');
  if (creator.notBeforeMs > nowMs) throw denied(`channel [${proposal.channelId}] creator org [${creator.mspId}]`);
  if (isCommitted(proposal.txId)) {
    const creatorHex = Buffer.from(proposal.creator).toString('hex');
    throw new ProposalRefusedError(`duplicate transaction found [${proposal.txId}]. Creator [${creatorHex}]`);
  }
  return creator;
}

function checkHeader({ headerType, epoch, nonce, creator, txId }: Proposal): void {
  if (headerType !== common.HeaderType.ENDORSER_TRANSACTION) throw invalid(`invalid header type ${headerType}`);
  if (epoch !== 0) throw invalid('epoch is non-zero');
  if (nonce.length === 0) throw invalid('nonce is empty');
  if (creator.length === 0) throw invalid('creator is empty');
  const expected = computeTxId(nonce, creator);
  if (txId !== expected) throw invalid(`incorrectly computed txid '${txId}' -- expected '${expected}'`);
}

function checkTimestamp(timestampMs: number, nowMs: number): void {
  if (Math.abs(timestampMs - nowMs) <= TIME_WINDOW_MS) return;
  throw new ProposalRefusedError(
    `request unauthorized due to incorrect timestamp ${rfc3339(timestampMs)}, peer time ${rfc3339(nowMs)}, peer.authentication.timewindow 15m0s`,
  );
}

function verifyCreator({ signed, creator, channelId }: Proposal, membership: ChannelMembership): MspIdentity {
  let identity: MspIdentity;
  try {
    identity = membership.identify(creator);
  } catch {
    throw denied(`channel [${channelId}] creator org unknown, creator is malformed`);
  }
  try {
    return membership.verify(creator, [signed.getProposalBytes_asU8()], signed.getSignature_asU8());
  } catch {
    throw denied(`channel [${channelId}] creator org [${identity.mspId}]`);
  }
}

/** Timestamps that a Date cannot hold are shown as what they are. */
function rfc3339(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : `${ms}ms`;
}

function invalid(reason: string): ProposalRefusedError {
  return new ProposalRefusedError(`error validating proposal: ${reason}`);
}

function denied(reason: string): ProposalRefusedError {
  return invalid(`access denied: ${reason}`);
}
