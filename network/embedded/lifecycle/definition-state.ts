import { peer } from '@hyperledger/fabric-protos';
import { isChannelPolicy, type ConsortiumDefinition } from '../../definition/index.js';
import { signaturePolicyEnvelope } from '../genesis/policies.js';
import { parseSignaturePolicy } from '../msp/parse-policy.js';
import { fieldKey, metadataKey, sequenceKey } from '../wire/lifecycle-state.js';
import { compareUtf8 } from '../wire/utf8-order.js';

const DATATYPE = 'ChaincodeDefinition';
const FIELDS = ['Sequence', 'EndorsementInfo', 'ValidationInfo', 'Collections'];
/** Fabric's names of its own endorsement and validation. */
export const ENDORSEMENT_PLUGIN = 'escc';
export const VALIDATION_PLUGIN = 'vscc';

const { StateData, StateMetadata, ChaincodeEndorsementInfo, ChaincodeValidationInfo } = peer.lifecycle;

/** The keys and values of a definition, sorted. */
export function definitionState(
  chaincode: ConsortiumDefinition['chaincode'],
  sequence: number,
): [string, Uint8Array][] {
  const { name, version, endorsementPolicy } = chaincode;
  const metadata = new StateMetadata();
  metadata.setDatatype(DATATYPE);
  metadata.setFieldsList(FIELDS);
  const number = new StateData();
  number.setInt64(sequence);
  const endorsement = new ChaincodeEndorsementInfo();
  endorsement.setVersion(version);
  endorsement.setEndorsementPlugin(ENDORSEMENT_PLUGIN);
  const validation = new ChaincodeValidationInfo();
  validation.setValidationPlugin(VALIDATION_PLUGIN);
  validation.setValidationParameter(applicationPolicy(endorsementPolicy).serializeBinary());
  const entries: [string, Uint8Array][] = [
    [metadataKey(name), metadata.serializeBinary()],
    [sequenceKey(name), number.serializeBinary()],
    [fieldKey(name, 'EndorsementInfo'), bytesData(endorsement.serializeBinary())],
    [fieldKey(name, 'ValidationInfo'), bytesData(validation.serializeBinary())],
    [fieldKey(name, 'Collections'), bytesData(collectionPackage(chaincode).serializeBinary())],
  ];
  return entries.sort(([left], [right]) => compareUtf8(left, right));
}

function bytesData(bytes: Uint8Array): Uint8Array {
  const data = new StateData();
  data.setBytes(bytes);
  return data.serializeBinary();
}

/** A policy as definitions hold it. */
export function applicationPolicy(text: string): peer.ApplicationPolicy {
  const policy = new peer.ApplicationPolicy();
  if (isChannelPolicy(text)) policy.setChannelConfigPolicyReference(text);
  else policy.setSignaturePolicy(signaturePolicyEnvelope(parseSignaturePolicy(text)));
  return policy;
}

/** The collections as definitions hold them. */
export function collectionPackage({ collections }: ConsortiumDefinition['chaincode']): peer.CollectionConfigPackage {
  const message = new peer.CollectionConfigPackage();
  message.setConfigList(
    collections.map((collection) => {
      const members = new peer.CollectionPolicyConfig();
      members.setSignaturePolicy(signaturePolicyEnvelope(parseSignaturePolicy(collection.policy)));
      const fixed = new peer.StaticCollectionConfig();
      fixed.setName(collection.name);
      fixed.setMemberOrgsPolicy(members);
      fixed.setRequiredPeerCount(collection.requiredPeerCount);
      fixed.setMaximumPeerCount(collection.maxPeerCount);
      fixed.setBlockToLive(collection.blockToLive);
      fixed.setMemberOnlyRead(collection.memberOnlyRead);
      fixed.setMemberOnlyWrite(collection.memberOnlyWrite);
      if (collection.endorsementPolicy !== undefined) {
        fixed.setEndorsementPolicy(applicationPolicy(collection.endorsementPolicy));
      }
      const config = new peer.CollectionConfig();
      config.setStaticCollectionConfig(fixed);
      return config;
    }),
  );
  return message;
}
