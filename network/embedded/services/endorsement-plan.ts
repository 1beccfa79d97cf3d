import { status } from '@grpc/grpc-js';
import type { Channel } from '../channel.js';
import type { Endorser } from '../endorser/endorser.js';
import { peersCouldSatisfy } from '../msp/signature-policy.js';
import { isSystemChaincode } from '../system-chaincodes/index.js';
import { RpcError } from './rpc-error.js';

/** Whether the channel's peers have the chaincode. */
export function hasChaincode({ chaincode }: Channel, name: string): boolean {
  return name === chaincode.name || isSystemChaincode(name);
}

/**
 * The endorsers of the organizations that the client names, in its order, each once.
 * @throws {RpcError} where one of them has no peer with the chaincode
 */
export function namedEndorsers(
  endorsers: readonly Endorser[],
  mspIds: readonly string[],
  chaincodeIsKnown: boolean,
): Endorser[] {
  const distinct = [...new Set(mspIds)];
  const missing = distinct.filter(
    (mspId) => !chaincodeIsKnown || !endorsers.some((endorser) => endorser.mspId === mspId),
  );
  if (missing.length > 0) {
    throw new RpcError(status.UNAVAILABLE, `failed to find any endorsing peers for org(s): ${missing.join(', ')}`);
  }
  return endorsers.filter(({ mspId }) => distinct.includes(mspId));
}

/**
 * Without a choice of the client's, all organizations endorse, so that evidence names every one of them; where
 * transient data meet private collections, those whose members may see the data.
 * @throws {RpcError} where those do not suffice for the chaincode's policy
 */
export function trustedEndorsers(
  { chaincode }: Channel,
  endorsers: readonly Endorser[],
  collections: readonly string[],
): readonly Endorser[] {
  if (collections.length === 0) return endorsers;
  const isMember = (mspId: string, name: string): boolean =>
    chaincode.collections.get(name)?.memberMspIds.includes(mspId) ?? false;
  const trusted = endorsers.filter(({ mspId }) => collections.every((name) => isMember(mspId, name)));
  const policies = new Set(
    collections.map((name) => chaincode.collections.get(name)?.endorsementPolicy ?? chaincode.endorsementPolicy),
  );
  const mspIds = trusted.map(({ mspId }) => mspId);
  if ([...policies].every((policy) => peersCouldSatisfy(policy, mspIds))) return trusted;
  throw new RpcError(
    status.FAILED_PRECONDITION,
    `requires endorsement from organisation(s) that are not in the distribution policy of the private data collection(s): [${collections.join(' ')}]; retry specifying trusted endorsing organizations to protect transient data`,
  );
}
