/**
 * The organizations that a policy in Fabric's language names, in order, each once. Principals are quoted:
 * `'OperatorMSP.peer'`. Whether the rest of the policy is well-formed is for those to say who evaluate it.
 */
export function mspIdsOf(policy: string): string[] {
  const principals = policy.matchAll(/(['"])([A-Za-z0-9.-]+)\.(?:member|admin|client|peer|orderer)\1/g);
  return [...new Set(Array.from(principals, ([, , mspId = '']) => mspId))];
}

/** The application's policies in the channel's configuration, which a definition may name instead of spelling one out. */
const CHANNEL_POLICY = /^\/Channel\/Application\/(Readers|Writers|Admins|Endorsement|LifecycleEndorsement)$/;

/** Whether a policy is a reference such as `/Channel/Application/Endorsement`. */
export function isChannelPolicy(policy: string): boolean {
  return CHANNEL_POLICY.test(policy);
}
