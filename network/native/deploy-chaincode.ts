import type { NativeLayout, PeerNode } from './layout.js';
import { agree, install, packageFor } from './lifecycle.js';
import type { NativeOptions } from './native-network.js';
import { isPart } from './part.js';
import { untilEndorsing } from './readiness.js';

/**
 * Installs and commits the chaincode on a network that is up; a peer's service is started once its package is there.
 * Who has only a part of the network agrees with the others by joining.
 */
export async function deployChaincode(
  { programs, bundle, onPhase = () => undefined }: NativeOptions,
  layout: NativeLayout,
  startService: (peer: PeerNode, packageId: string) => void,
): Promise<void> {
  onPhase('chaincode');
  const packageIds = new Map<PeerNode, string>();
  for (const peer of layout.peers) {
    const packageId = await install(programs, peer, packageFor(layout, peer, bundle));
    packageIds.set(peer, packageId);
    startService(peer, packageId);
  }
  if (!isPart(layout)) await agree(programs, layout, packageIds);
  onPhase('endorsement by all organizations');
  await untilEndorsing(layout);
}
