import { peer } from '@hyperledger/fabric-protos';
import type { Channel } from '../channel.js';
import { ENDORSEMENT_PLUGIN, VALIDATION_PLUGIN } from '../lifecycle/definition-state.js';
import { fieldKey, LIFECYCLE, parseBytes, parseSequence, sequenceKey } from '../wire/lifecycle-state.js';

const { lifecycle } = peer;

/** `_lifecycle`, as far as it tells what is committed; definitions change only when the network is started. */
export function lifecycleQueries(args: readonly Uint8Array[], channel: Channel): Uint8Array {
  const name = Buffer.from(args[0] ?? []).toString();
  switch (name) {
    case 'QueryChaincodeDefinition':
      return queryDefinition(channel, args[1] ?? new Uint8Array());
    case 'QueryChaincodeDefinitions':
      return queryDefinitions(channel);
    default:
      throw new Error(
        `${name.slice(0, 128)} is not supported by the embedded network: it takes the definition it is started with`,
      );
  }
}

function queryDefinition(channel: Channel, bytes: Uint8Array): Uint8Array {
  const asked = lifecycle.QueryChaincodeDefinitionArgs.deserializeBinary(bytes).getName();
  if (asked !== channel.chaincode.name) throw new Error(`namespace ${asked.slice(0, 128)} is not defined`);
  const { sequence, validationParameter, collections } = stored(channel);
  const result = new lifecycle.QueryChaincodeDefinitionResult();
  result.setSequence(sequence);
  result.setVersion(channel.chaincode.version);
  result.setEndorsementPlugin(ENDORSEMENT_PLUGIN);
  result.setValidationPlugin(VALIDATION_PLUGIN);
  result.setValidationParameter(validationParameter);
  result.setCollections(collections);
  for (const mspId of channel.applicationMspIds) result.getApprovalsMap().set(mspId, true);
  return result.serializeBinary();
}

function queryDefinitions(channel: Channel): Uint8Array {
  const { sequence, validationParameter, collections } = stored(channel);
  const definition = new lifecycle.QueryChaincodeDefinitionsResult.ChaincodeDefinition();
  definition.setName(channel.chaincode.name);
  definition.setSequence(sequence);
  definition.setVersion(channel.chaincode.version);
  definition.setEndorsementPlugin(ENDORSEMENT_PLUGIN);
  definition.setValidationPlugin(VALIDATION_PLUGIN);
  definition.setValidationParameter(validationParameter);
  definition.setCollections(collections);
  const result = new lifecycle.QueryChaincodeDefinitionsResult();
  result.setChaincodeDefinitionsList([definition]);
  return result.serializeBinary();
}

function stored({ ledger, chaincode }: Channel): {
  sequence: number;
  validationParameter: Uint8Array;
  collections: peer.CollectionConfigPackage;
} {
  const value = (key: string): Uint8Array => ledger.state(LIFECYCLE, key)?.value ?? new Uint8Array();
  const validation = parseBytes(value(fieldKey(chaincode.name, 'ValidationInfo')));
  const collections = parseBytes(value(fieldKey(chaincode.name, 'Collections')));
  return {
    sequence: parseSequence(value(sequenceKey(chaincode.name))),
    validationParameter: lifecycle.ChaincodeValidationInfo.deserializeBinary(validation).getValidationParameter_asU8(),
    collections: peer.CollectionConfigPackage.deserializeBinary(collections),
  };
}
