import { join } from 'node:path';
import { TLS_FILES } from '../identities/index.js';
import { ADDRESS_VARIABLE, BUILDER_NAME } from './chaincode-builder.js';
import type { NativeLayout, PeerNode } from './layout.js';

/**
 * A peer's `core.yaml`. What is not said here has the program's own default.
 * @param couchDb whether its state database is CouchDB; address and credentials are in the process's environment.
 */
export function peerConfig(layout: NativeLayout, peer: PeerNode, couchDb: boolean): object {
  const data = join(peer.folder, 'data');
  return {
    peer: {
      id: peer.name,
      networkId: layout.definition.channel,
      listenAddress: `${peer.listenAddress}:${peer.port}`,
      address: `${peer.host}:${peer.port}`,
      chaincodeListenAddress: `${peer.listenAddress}:${peer.chaincodeListenerPort}`,
      localMspId: peer.mspId,
      localMspType: 'bccsp',
      mspConfigPath: join(peer.identity, 'msp'),
      fileSystemPath: data,
      BCCSP: { Default: 'SW', SW: { Hash: 'SHA2', Security: 256 } },
      tls: {
        enabled: true,
        cert: { file: join(peer.identity, 'tls', TLS_FILES.certificate) },
        key: { file: join(peer.identity, 'tls', TLS_FILES.privateKey) },
        rootcert: { file: join(peer.identity, 'tls', TLS_FILES.ca) },
      },
      gossip: gossip(layout, peer),
      gateway: { enabled: true, endorsementTimeout: '30s', broadcastTimeout: '30s', dialTimeout: '2m' },
      discovery: { enabled: true, authCacheEnabled: true, authCacheMaxSize: 1000, authCachePurgeRetentionRatio: 0.75 },
      authentication: { timewindow: '15m' },
      handlers: handlers(),
      limits: { concurrency: { endorserService: 2500, deliverService: 2500, gatewayService: 500 } },
      // Each peer asks the orderers itself. Left out, a peer hands its blocks on to gossip, which copies them for nobody.
      deliveryclient: {
        blockGossipEnabled: false,
        reconnectTotalTimeThreshold: '3600s',
        reConnectBackoffThreshold: '2s',
      },
    },
    // Without an endpoint the peer does not look for Docker.
    vm: { endpoint: '' },
    chaincode: {
      externalBuilders: [{ name: BUILDER_NAME, path: layout.builder, propagateEnvironment: [ADDRESS_VARIABLE] }],
      installTimeout: '60s',
      startuptimeout: '60s',
      executetimeout: '30s',
      mode: 'net',
      // Without these a peer takes one key in a message.
      runtimeParams: {
        useWriteBatch: true,
        maxSizeWriteBatch: 1000,
        useGetMultipleKeys: true,
        maxSizeGetMultipleKeys: 1000,
      },
      system: { _lifecycle: 'enable', cscc: 'enable', lscc: 'enable', qscc: 'enable' },
      logging: { level: 'warning', shim: 'warning' },
    },
    ledger: ledger(data, couchDb),
    operations: { listenAddress: `${peer.listenAddress}:${peer.operationsPort}` },
    metrics: { provider: 'prometheus' },
  };
}

function gossip({ peers }: NativeLayout, peer: PeerNode): object {
  const sameOrganization = peers.find((one) => one.mspId === peer.mspId && one !== peer) ?? peer;
  return {
    bootstrap: `${sameOrganization.host}:${sameOrganization.port}`,
    externalEndpoint: `${peer.host}:${peer.port}`,
    endpoint: `${peer.host}:${peer.port}`,
    orgLeader: true,
    useLeaderElection: false,
    // A first handshake that fails is tried again after this; the default is 25 s.
    reconnectInterval: '2s',
    // How soon a dead peer is no longer asked for endorsements and private data; by default 25 s.
    aliveTimeInterval: '2s',
    aliveExpirationTimeout: '8s',
    state: { enabled: false },
    pvtData: {
      // For so long a block waits for private data that nobody has at hand; then it is fetched in the background.
      pullRetryThreshold: '3s',
      pushAckTimeout: '3s',
      btlPullMargin: 10,
      transientstoreMaxBlockRetention: 20_000,
      reconcileBatchSize: 10,
      reconcileSleepInterval: '10s',
      reconciliationEnabled: true,
      implicitCollectionDisseminationPolicy: { requiredPeerCount: 0, maxPeerCount: 1 },
    },
  };
}

function handlers(): object {
  return {
    authFilters: [{ name: 'DefaultAuth' }, { name: 'ExpirationCheck' }, { name: 'TimeWindowCheck' }],
    decorators: [{ name: 'DefaultDecorator' }],
    endorsers: { escc: { name: 'DefaultEndorsement' } },
    validators: { vscc: { name: 'DefaultValidation' } },
  };
}

function ledger(data: string, couchDb: boolean): object {
  return {
    state: {
      stateDatabase: couchDb ? 'CouchDB' : 'goleveldb',
      totalQueryLimit: 100_000,
      couchDBConfig: {
        maxRetries: 3,
        maxRetriesOnStartup: 10,
        requestTimeout: '35s',
        internalQueryLimit: 1000,
        maxBatchUpdateSize: 1000,
        cacheSize: 64,
      },
    },
    history: { enableHistoryDatabase: true },
    pvtdataStore: {
      collElgProcMaxDbBatchSize: 5000,
      collElgProcDbBatchesInterval: 1000,
      purgeInterval: 100,
      deprioritizedDataReconcilerInterval: '60m',
      purgedKeyAuditLogging: true,
    },
    snapshots: { rootDir: join(data, 'snapshots') },
  };
}
