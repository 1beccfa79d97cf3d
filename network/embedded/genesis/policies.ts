import { common, msp } from '@hyperledger/fabric-protos';
import type { NodeOu } from '../msp/membership.js';
import type { SignaturePolicy } from '../msp/signature-policy.js';

type MetaRule = keyof common.ImplicitMetaPolicy.RuleMap;

/** A signature policy as the configuration holds it. */
export function signaturePolicy(policy: SignaturePolicy): common.Policy {
  return policyOf(common.Policy.PolicyType.SIGNATURE, signaturePolicyEnvelope(policy).serializeBinary());
}

/** Combines the policies of that name of the groups below. */
export function implicitMetaPolicy(rule: MetaRule, subPolicy: string): common.Policy {
  const meta = new common.ImplicitMetaPolicy();
  meta.setRule(common.ImplicitMetaPolicy.Rule[rule]);
  meta.setSubPolicy(subPolicy);
  return policyOf(common.Policy.PolicyType.IMPLICIT_META, meta.serializeBinary());
}

/** Any one of the organization's identities in one of the roles. */
export function anyOf(mspId: string, ...roles: (NodeOu | 'member')[]): SignaturePolicy {
  return { kind: 'nOutOf', n: 1, rules: roles.map((role) => ({ kind: 'signedBy', mspId, role })) };
}

/** The policy as Fabric's messages hold it. */
export function signaturePolicyEnvelope(policy: SignaturePolicy): common.SignaturePolicyEnvelope {
  const principals: { mspId: string; role: NodeOu | 'member' }[] = [];
  const rule = ruleMessage(policy, principals);
  const envelope = new common.SignaturePolicyEnvelope();
  envelope.setRule(rule);
  envelope.setIdentitiesList(principals.map(principalMessage));
  return envelope;
}

function ruleMessage(
  policy: SignaturePolicy,
  principals: { mspId: string; role: NodeOu | 'member' }[],
): common.SignaturePolicy {
  const message = new common.SignaturePolicy();
  if (policy.kind === 'signedBy') {
    const { mspId, role } = policy;
    const known = principals.findIndex((principal) => principal.mspId === mspId && principal.role === role);
    message.setSignedBy(known >= 0 ? known : principals.push({ mspId, role }) - 1);
    return message;
  }
  const nOutOf = new common.SignaturePolicy.NOutOf();
  nOutOf.setN(policy.n);
  nOutOf.setRulesList(policy.rules.map((rule) => ruleMessage(rule, principals)));
  message.setNOutOf(nOutOf);
  return message;
}

function principalMessage({ mspId, role }: { mspId: string; role: NodeOu | 'member' }): msp.MSPPrincipal {
  const mspRole = new msp.MSPRole();
  mspRole.setMspIdentifier(mspId);
  mspRole.setRole(msp.MSPRole.MSPRoleType[role.toUpperCase() as Uppercase<typeof role>]);
  const principal = new msp.MSPPrincipal();
  principal.setPrincipalClassification(msp.MSPPrincipal.Classification.ROLE);
  principal.setPrincipal(mspRole.serializeBinary());
  return principal;
}

function policyOf(type: number, value: Uint8Array): common.Policy {
  const policy = new common.Policy();
  policy.setType(type);
  policy.setValue(value);
  return policy;
}
