import type { ChaincodeDefinition } from '../channel.js';
import type { MspIdentity } from '../msp/membership.js';

/** Refuses access to member-only collections of creators whose organization is no member. */
export function collectionAccess(
  chaincode: ChaincodeDefinition,
  creator: MspIdentity,
): (collection: string, access: 'read' | 'write') => void {
  return (name, access) => {
    const collection = chaincode.collections.get(name);
    if (!collection || collection.memberMspIds.includes(creator.mspId)) return;
    const memberOnly = access === 'read' ? collection.memberOnlyRead : collection.memberOnlyWrite;
    if (!memberOnly) return;
    throw new Error(
      `tx creator does not have ${access} access permission on privatedata in chaincodeName:${chaincode.name} collectionName: ${name}`,
    );
  };
}
