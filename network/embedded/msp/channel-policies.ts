import type { MspIdentity, NodeOu } from './membership.js';

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

/** As Fabric words it where no organization's policy was satisfied. */
export function unsatisfied(policy: 'Readers' | 'Writers'): string {
  return `implicit policy evaluation failed - 0 sub-policies were satisfied, but this policy requires 1 of the '${policy}' sub-policies to be satisfied`;
}
