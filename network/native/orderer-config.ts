import { join } from 'node:path';
import { TLS_FILES } from '../identities/index.js';
import type { NativeLayout, OrdererNode } from './layout.js';

/** An orderer's `orderer.yaml`. What is not said here has the program's own default. */
export function ordererConfig({ ordererAdmin }: NativeLayout, orderer: OrdererNode): object {
  const tlsFile = (kind: keyof typeof TLS_FILES): string => join(orderer.identity, 'tls', TLS_FILES[kind]);
  const tls = {
    Enabled: true,
    Certificate: tlsFile('certificate'),
    PrivateKey: tlsFile('privateKey'),
    RootCAs: [tlsFile('ca')],
  };
  const data = join(orderer.folder, 'data');
  return {
    General: {
      ListenAddress: orderer.listenAddress,
      ListenPort: orderer.port,
      TLS: tls,
      Cluster: { ClientCertificate: tls.Certificate, ClientPrivateKey: tls.PrivateKey, RootCAs: tls.RootCAs },
      BootstrapMethod: 'none',
      LocalMSPDir: join(orderer.identity, 'msp'),
      LocalMSPID: orderer.mspId,
      BCCSP: { Default: 'SW', SW: { Hash: 'SHA2', Security: 256 } },
    },
    FileLedger: { Location: join(data, 'ledger') },
    Consensus: { WALDir: join(data, 'wal'), SnapDir: join(data, 'snapshots') },
    // This has no default of its own.
    ChannelParticipation: { Enabled: true, MaxRequestBodySize: 1_048_576 },
    Metrics: { Provider: 'prometheus' },
    Operations: { ListenAddress: `${orderer.listenAddress}:${orderer.operationsPort}` },
    Admin: {
      ListenAddress: `${orderer.listenAddress}:${orderer.adminPort}`,
      // Whoever may administer it shows a certificate of the ordering organization's TLS authority.
      TLS: { ...tls, ClientAuthRequired: true, ClientRootCAs: [join(ordererAdmin, 'tls', TLS_FILES.ca)] },
    },
  };
}
