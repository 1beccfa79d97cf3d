import { common, msp, peer } from '@hyperledger/fabric-protos';
import type { Member } from '../fabric/members.js';
import type { BlockTransaction } from './read-transaction.js';

/** Where Fabric's lifecycle keeps who has to endorse a chaincode's transactions. */
const LIFECYCLE = '_lifecycle';
const keyOf = (chaincode: string) => `namespaces/fields/${chaincode}/ValidationInfo`;

const { MEMBER, PEER } = msp.MSPRole.MSPRoleType;
const ROLE = msp.MSPPrincipal.Classification.ROLE;

/**
 * The endorsement policy (`SignaturePolicyEnvelope`) that a transaction puts in force for a chaincode.
 * @returns undefined where it puts none in force; empty where the definition refers to the channel's configuration.
 */
export function policyWritten({ namespaces }: BlockTransaction, chaincode: string): Uint8Array | undefined {
  const writes = namespaces.find(({ namespace }) => namespace === LIFECYCLE)?.writes;
  const written = writes?.find(({ key }) => key === keyOf(chaincode));
  if (!written) return undefined;
  const stored = peer.lifecycle.StateData.deserializeBinary(written.value).getBytes_asU8();
  const info = peer.lifecycle.ChaincodeValidationInfo.deserializeBinary(stored);
  const policy = peer.ApplicationPolicy.deserializeBinary(info.getValidationParameter_asU8());
  return policy.getSignaturePolicy()?.serializeBinary() ?? new Uint8Array();
}

/** Whether peers whose endorsements verify are as many, and of those organizations, as a policy asks for. */
export function isEndorsed(policy: Uint8Array, peers: readonly Member[]): boolean {
  const envelope = common.SignaturePolicyEnvelope.deserializeBinary(policy);
  const rule = envelope.getRule();
  const distinct = [...new Map(peers.map((one) => [one.fingerprint, one])).values()];
  return rule !== undefined && take(rule, envelope.getIdentitiesList(), distinct) !== undefined;
}

/** Who is left when the rule has taken those that it needs, each of whom serves one rule; `undefined` if it is not met. */
function take(
  rule: common.SignaturePolicy,
  principals: readonly msp.MSPPrincipal[],
  peers: readonly Member[],
): readonly Member[] | undefined {
  const nOutOf = rule.getNOutOf();
  if (!nOutOf) {
    const principal = principals[rule.getSignedBy()];
    const signer = peers.find((one) => principal && isOf(one, principal));
    return signer && peers.filter((one) => one !== signer);
  }
  let left = peers;
  let met = 0;
  for (const one of nOutOf.getRulesList()) {
    const next = take(one, principals, left);
    if (!next) continue;
    left = next;
    met += 1;
  }
  return met >= nOutOf.getN() ? left : undefined;
}

function isOf({ mspId }: Member, principal: msp.MSPPrincipal): boolean {
  if (principal.getPrincipalClassification() !== ROLE) return false;
  const role = msp.MSPRole.deserializeBinary(principal.getPrincipal_asU8());
  return role.getMspIdentifier() === mspId && (role.getRole() === PEER || role.getRole() === MEMBER);
}
