import { common, msp, peer } from '@hyperledger/fabric-protos';
import type { ChaincodeDefinition, CollectionDefinition } from '../channel.js';
import { channelPolicy } from '../msp/channel-policies.js';
import type { NodeOu } from '../msp/membership.js';
import { mspIdsIn, type SignaturePolicy } from '../msp/signature-policy.js';
import { fieldKey, parseBytes } from '../wire/lifecycle-state.js';

const { ChaincodeEndorsementInfo, ChaincodeValidationInfo } = peer.lifecycle;

/**
 * The definition that `_lifecycle` holds for a chaincode.
 * @param value of a key of `_lifecycle`; undefined where there is none
 * @returns undefined where the chaincode is not defined
 */
export function readDefinition(
  name: string,
  value: (key: string) => Uint8Array | undefined,
  applicationMspIds: readonly string[],
): ChaincodeDefinition | undefined {
  const [endorsement, validation, collections] = ['EndorsementInfo', 'ValidationInfo', 'Collections'].map((field) => {
    const stored = value(fieldKey(name, field));
    return stored && parseBytes(stored);
  });
  if (!endorsement || !validation || !collections) return undefined;
  const parameter = ChaincodeValidationInfo.deserializeBinary(validation).getValidationParameter_asU8();
  return {
    name,
    version: ChaincodeEndorsementInfo.deserializeBinary(endorsement).getVersion(),
    endorsementPolicy: applicationPolicyIn(peer.ApplicationPolicy.deserializeBinary(parameter), applicationMspIds),
    collections: new Map(
      peer.CollectionConfigPackage.deserializeBinary(collections)
        .getConfigList()
        .map((config) =>
          collectionIn(config.getStaticCollectionConfig() ?? new peer.StaticCollectionConfig(), applicationMspIds),
        ),
    ),
  };
}

function collectionIn(
  config: peer.StaticCollectionConfig,
  applicationMspIds: readonly string[],
): [string, CollectionDefinition] {
  const name = config.getName();
  const endorsementPolicy = config.getEndorsementPolicy();
  const definition = {
    name,
    memberMspIds: mspIdsIn(policyIn(config.getMemberOrgsPolicy()?.getSignaturePolicy())),
    memberOnlyRead: config.getMemberOnlyRead(),
    memberOnlyWrite: config.getMemberOnlyWrite(),
    ...(endorsementPolicy && { endorsementPolicy: applicationPolicyIn(endorsementPolicy, applicationMspIds) }),
  };
  return [name, definition];
}

function applicationPolicyIn(policy: peer.ApplicationPolicy, applicationMspIds: readonly string[]): SignaturePolicy {
  const reference = policy.getChannelConfigPolicyReference();
  return reference === '' ? policyIn(policy.getSignaturePolicy()) : channelPolicy(reference, applicationMspIds);
}

/** @throws {Error} where there is no signature policy */
function policyIn(envelope: common.SignaturePolicyEnvelope | undefined): SignaturePolicy {
  const rule = envelope?.getRule();
  if (!envelope || !rule) throw new Error('the definition holds no signature policy');
  return ruleIn(rule, envelope.getIdentitiesList().map(principalIn));
}

function ruleIn(rule: common.SignaturePolicy, principals: readonly SignaturePolicy[]): SignaturePolicy {
  const nOutOf = rule.getNOutOf();
  if (nOutOf) {
    return { kind: 'nOutOf', n: nOutOf.getN(), rules: nOutOf.getRulesList().map((one) => ruleIn(one, principals)) };
  }
  const principal = principals[rule.getSignedBy()];
  if (!principal) throw new Error('a policy names a principal that it does not list');
  return principal;
}

const { MSPRoleType } = msp.MSPRole;
const ROLES = new Map<number, NodeOu | 'member'>([
  [MSPRoleType.MEMBER, 'member'],
  [MSPRoleType.ADMIN, 'admin'],
  [MSPRoleType.CLIENT, 'client'],
  [MSPRoleType.PEER, 'peer'],
  [MSPRoleType.ORDERER, 'orderer'],
]);

function principalIn(principal: msp.MSPPrincipal): SignaturePolicy {
  const message = msp.MSPRole.deserializeBinary(principal.getPrincipal_asU8());
  const role = ROLES.get(message.getRole());
  if (!role) throw new Error('a policy names a role that is unknown');
  return { kind: 'signedBy', mspId: message.getMspIdentifier(), role };
}
