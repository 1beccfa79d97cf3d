import type { MspIdentity, NodeOu } from './membership.js';
import type { SignaturePolicy } from './signature-policy.js';

/** Who may write by the policy `Writers` of an organization with peers, and of the one with orderers. */
export const APPLICATION_WRITERS: readonly NodeOu[] = ['admin', 'client'];
export const ORDERER_WRITERS: readonly NodeOu[] = ['admin', 'client', 'orderer'];

type Signatory = Pick<MspIdentity, 'mspId' | 'nodeOu'>;

/** `/Channel/Application/Writers`, an implicit-meta policy: any organization's `Writers`. */
export function isApplicationWriter({ mspId, nodeOu }: Signatory, applicationMspIds: readonly string[]): boolean {
  return applicationMspIds.includes(mspId) && APPLICATION_WRITERS.includes(nodeOu);
}

/** `/Channel/Application/Readers`: any member of an organization with peers. */
export function isApplicationReader({ mspId }: Signatory, applicationMspIds: readonly string[]): boolean {
  return applicationMspIds.includes(mspId);
}

/** `/Channel/Writers`: any `Writers` of the organizations with peers, or of the one with orderers. */
export function isChannelWriter(identity: Signatory, applicationMspIds: readonly string[]): boolean {
  return applicationMspIds.includes(identity.mspId)
    ? isApplicationWriter(identity, applicationMspIds)
    : ORDERER_WRITERS.includes(identity.nodeOu);
}

/**
 * One of the application's policies, by its path in the configuration; implicit-meta policies as what they come to.
 * @throws {Error} where the configuration has no such policy
 */
export function channelPolicy(path: string, applicationMspIds: readonly string[]): SignaturePolicy {
  const rule = META_RULES.get(path.replace('/Channel/Application/', ''));
  if (!rule) throw new Error(`the channel has no policy ${path.slice(0, 128)}`);
  const ofOrganizations = applicationMspIds.map((mspId) => anyRole(mspId, rule.roles));
  const majority = Math.floor(applicationMspIds.length / 2) + 1;
  return { kind: 'nOutOf', n: rule.threshold === 'ANY' ? 1 : majority, rules: ofOrganizations };
}

const META_RULES = new Map<string, { threshold: 'ANY' | 'MAJORITY'; roles: readonly (NodeOu | 'member')[] }>([
  ['Readers', { threshold: 'ANY', roles: ['member'] }],
  ['Writers', { threshold: 'ANY', roles: APPLICATION_WRITERS }],
  ['Admins', { threshold: 'MAJORITY', roles: ['admin'] }],
  ['Endorsement', { threshold: 'MAJORITY', roles: ['peer'] }],
  ['LifecycleEndorsement', { threshold: 'MAJORITY', roles: ['peer'] }],
]);

function anyRole(mspId: string, roles: readonly (NodeOu | 'member')[]): SignaturePolicy {
  return { kind: 'nOutOf', n: 1, rules: roles.map((role) => ({ kind: 'signedBy', mspId, role })) };
}

/** As Fabric words it where no organization's policy was satisfied. */
export function unsatisfied(policy: 'Readers' | 'Writers'): string {
  return `implicit policy evaluation failed - 0 sub-policies were satisfied, but this policy requires 1 of the '${policy}' sub-policies to be satisfied`;
}
