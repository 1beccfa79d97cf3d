import { join } from 'node:path';
import { TLS_FILES } from '../identities/index.js';
import { HOST } from './layout.js';
import type { NativeLayout, PeerNode } from './layout.js';
import { runProgram } from './programs.js';
import type { Programs } from './programs.js';

/** Runs Fabric's `peer` command as the administrator of a peer's organization, against that peer. */
export function peerCommand(programs: Programs, peer: PeerNode, args: string[]): Promise<string> {
  return runProgram(programs.peer, args, {
    FABRIC_CFG_PATH: peer.folder,
    CORE_PEER_ADDRESS: `${HOST}:${peer.port}`,
    CORE_PEER_MSPCONFIGPATH: join(peer.admin, 'msp'),
    FABRIC_LOGGING_SPEC: 'error',
  });
}

/** Where to send a transaction for ordering. */
export function ordererOptions({ ordererService: { endpoint, caFile } }: NativeLayout): string[] {
  return ['--orderer', endpoint, '--tls', '--cafile', caFile];
}

/** Several organizations' peers as the endorsers of one transaction. */
export function endorserOptions(peers: readonly PeerNode[]): string[] {
  return peers.flatMap((peer) => [
    '--peerAddresses',
    `${HOST}:${peer.port}`,
    '--tlsRootCertFiles',
    join(peer.identity, 'tls', TLS_FILES.ca),
  ]);
}
