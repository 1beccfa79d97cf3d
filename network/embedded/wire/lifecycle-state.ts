import { peer } from '@hyperledger/fabric-protos';

/** Where `_lifecycle` keeps a chaincode's definition in the state: one key per field, and one that lists them. */

export const LIFECYCLE = '_lifecycle';

export const metadataKey = (chaincode: string): string => `namespaces/metadata/${chaincode}`;
export const fieldKey = (chaincode: string, field: string): string => `namespaces/fields/${chaincode}/${field}`;
export const sequenceKey = (chaincode: string): string => fieldKey(chaincode, 'Sequence');

const { StateData } = peer.lifecycle;

/** The sequence in a stored field. */
export function parseSequence(value: Uint8Array): number {
  return StateData.deserializeBinary(value).getInt64();
}

/** The bytes in a stored field. */
export function parseBytes(value: Uint8Array): Uint8Array {
  return StateData.deserializeBinary(value).getBytes_asU8();
}
