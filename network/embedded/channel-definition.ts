import { isChannelPolicy, type ConsortiumDefinition } from '../definition/index.js';
import type { ChaincodeDefinition, CollectionDefinition } from './channel.js';
import { channelPolicy } from './msp/channel-policies.js';
import { parseSignaturePolicy } from './msp/parse-policy.js';
import { mspIdsIn, type SignaturePolicy } from './msp/signature-policy.js';

/** The chaincode as its definition states it, policies parsed. @throws {Error} where a policy is malformed */
export function chaincodeDefinition({ chaincode, organizations }: ConsortiumDefinition): ChaincodeDefinition {
  const mspIds = organizations.map(({ mspId }) => mspId);
  const policyOf = (text: string): SignaturePolicy =>
    isChannelPolicy(text) ? channelPolicy(text, mspIds) : parseSignaturePolicy(text);
  const collections = chaincode.collections.map((collection): [string, CollectionDefinition] => [
    collection.name,
    {
      name: collection.name,
      memberMspIds: mspIdsIn(parseSignaturePolicy(collection.policy)),
      memberOnlyRead: collection.memberOnlyRead,
      memberOnlyWrite: collection.memberOnlyWrite,
      ...(collection.endorsementPolicy !== undefined && {
        endorsementPolicy: policyOf(collection.endorsementPolicy),
      }),
    },
  ]);
  return {
    name: chaincode.name,
    version: chaincode.version,
    endorsementPolicy: policyOf(chaincode.endorsementPolicy),
    collections: new Map(collections),
  };
}
