import type { ConsortiumDefinition } from '../definition/index.js';
import type { ChaincodeDefinition, CollectionDefinition } from './channel.js';
import { parseSignaturePolicy } from './msp/parse-policy.js';
import { mspIdsIn } from './msp/signature-policy.js';

/** The chaincode as its definition states it, policies parsed. @throws {Error} where a policy is malformed */
export function chaincodeDefinition({ chaincode }: ConsortiumDefinition): ChaincodeDefinition {
  const collections = chaincode.collections.map((collection): [string, CollectionDefinition] => [
    collection.name,
    {
      name: collection.name,
      memberMspIds: mspIdsIn(parseSignaturePolicy(collection.policy)),
      memberOnlyRead: collection.memberOnlyRead,
      memberOnlyWrite: collection.memberOnlyWrite,
      ...(collection.endorsementPolicy !== undefined && {
        endorsementPolicy: parseSignaturePolicy(collection.endorsementPolicy),
      }),
    },
  ]);
  return {
    name: chaincode.name,
    version: chaincode.version,
    endorsementPolicy: parseSignaturePolicy(chaincode.endorsementPolicy),
    collections: new Map(collections),
  };
}
