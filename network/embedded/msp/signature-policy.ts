import type { MspIdentity, NodeOu } from './membership.js';

/** Fabric's signature policies: an identity of an organization in a role, or n of several rules. */
export type SignaturePolicy =
  | { kind: 'signedBy'; mspId: string; role: NodeOu | 'member' }
  | { kind: 'nOutOf'; n: number; rules: readonly SignaturePolicy[] };

/** What a policy looks at in an identity. */
type Signatory = Pick<MspIdentity, 'mspId' | 'nodeOu' | 'fingerprint'>;

/** Whether the identities (each signature verified) satisfy the policy; one identity serves one rule only. */
export function satisfies(policy: SignaturePolicy, identities: readonly Signatory[]): boolean {
  const distinct = new Map(identities.map((identity) => [`${identity.mspId} ${identity.fingerprint}`, identity]));
  return evaluate(policy, [...distinct.values()], new Set()) !== undefined;
}

/** The identities in use after the rule was met, `undefined` where it was not. */
function evaluate(
  policy: SignaturePolicy,
  identities: readonly Signatory[],
  used: ReadonlySet<Signatory>,
): ReadonlySet<Signatory> | undefined {
  if (policy.kind === 'signedBy') {
    const signer = identities.find((identity) => !used.has(identity) && isPrincipal(identity, policy));
    return signer && new Set([...used, signer]);
  }
  let taken = used;
  let met = 0;
  for (const rule of policy.rules) {
    const next = evaluate(rule, identities, taken);
    if (!next) continue;
    taken = next;
    met++;
  }
  return met >= policy.n ? taken : undefined;
}

function isPrincipal(identity: Signatory, { mspId, role }: { mspId: string; role: NodeOu | 'member' }): boolean {
  return identity.mspId === mspId && (role === 'member' || identity.nodeOu === role);
}

/** Whether one peer of each of the organizations would satisfy the policy. */
export function peersCouldSatisfy(policy: SignaturePolicy, mspIds: readonly string[]): boolean {
  return satisfies(
    policy,
    mspIds.map((mspId) => ({ mspId, nodeOu: 'peer', fingerprint: mspId })),
  );
}

/** The organizations that a policy names, each once. */
export function mspIdsIn(policy: SignaturePolicy): string[] {
  if (policy.kind === 'signedBy') return [policy.mspId];
  return [...new Set(policy.rules.flatMap(mspIdsIn))];
}
