import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { CHAINCODE_CLIENT, organizationFolder } from './layout.js';
import type { NativeLayout, PeerNode } from './layout.js';
import type { ProcessSpec } from './processes.js';
import { TLS_FILES, identityFolder } from '../identities/index.js';

/**
 * The chaincode as a service of its own for one peer, with TLS.
 * @param bundle folder of the built chaincode; its libraries are found from there upwards
 */
export function chaincodeService(
  layout: NativeLayout,
  peer: PeerNode,
  bundle: string,
  packageId: string,
): ProcessSpec & { tlsFolder: string } {
  const { name, domain } = peer.organization;
  const organization = organizationFolder(layout.dir, name);
  const tls = join(identityFolder(organization, 'client', `${CHAINCODE_CLIENT}@${domain}`), 'tls');
  const cli = join(dirname(createRequire(join(bundle, 'index.js')).resolve('fabric-shim/package.json')), 'cli.js');
  return {
    folder: peer.chaincode.folder,
    command: process.execPath,
    args: [
      ...[
        cli,
        'server',
        '--chaincode-address',
        `${peer.listenAddress}:${peer.chaincode.port}`,
        '--chaincode-id',
        packageId,
      ],
      ...['--chaincode-tls-cert-file', join(tls, TLS_FILES.certificate)],
      ...['--chaincode-tls-key-file', join(tls, TLS_FILES.privateKey)],
    ],
    env: { NODE_ENV: 'production', CORE_CHAINCODE_LOGGING_LEVEL: 'error', CORE_CHAINCODE_LOGGING_SHIM: 'error' },
    cwd: bundle,
    tlsFolder: tls,
  };
}
