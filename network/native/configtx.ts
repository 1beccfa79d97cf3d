import { join } from 'node:path';
import type { ConsortiumDefinition } from '../definition/index.js';
import { TLS_FILES } from '../identities/index.js';
import { organizationMsp } from './layout.js';
import type { NativeLayout, OrdererNode } from './layout.js';

/** The channel's first configuration, as `configtxgen` reads it (configtx.yaml). */

export const PROFILE = 'Consortium';

interface Policy {
  Type: 'Signature' | 'ImplicitMeta';
  Rule: string;
}

export function configtx(layout: NativeLayout): object {
  return {
    Profiles: {
      [PROFILE]: {
        Policies: metaPolicies(),
        Capabilities: { V3_0: true },
        Orderer: ordering(layout),
        Application: application(layout),
      },
    },
  };
}

function application({ dir, definition, peers }: NativeLayout): object {
  return {
    Policies: {
      ...metaPolicies(),
      LifecycleEndorsement: meta('MAJORITY Endorsement'),
      Endorsement: meta('MAJORITY Endorsement'),
    },
    Capabilities: { V2_5: true },
    Organizations: definition.organizations.map(({ name, mspId }) => ({
      ...organization(organizationMsp(dir, name), mspId, ['admin', 'client']),
      AnchorPeers: peers.filter((peer) => peer.mspId === mspId).map(({ host, port }) => ({ Host: host, Port: port })),
    })),
  };
}

function ordering({ dir, definition, orderers }: NativeLayout): object {
  const { organization: owner, batch } = definition.ordering;
  return {
    ...consensus(definition, orderers),
    BatchTimeout: `${batch.timeoutMs}ms`,
    BatchSize: {
      MaxMessageCount: batch.maxMessages,
      AbsoluteMaxBytes: batch.absoluteMaxBytes,
      PreferredMaxBytes: batch.preferredMaxBytes,
    },
    Policies: { ...metaPolicies(), BlockValidation: meta('ANY Writers') },
    Capabilities: { V2_0: true },
    Organizations: [
      {
        ...organization(organizationMsp(dir, owner.name), owner.mspId, ['admin', 'client', 'orderer']),
        OrdererEndpoints: orderers.map(({ host, port }) => `${host}:${port}`),
      },
    ],
  };
}

function consensus(definition: ConsortiumDefinition, orderers: OrdererNode[]): object {
  if (definition.ordering.consensus === 'bft') {
    return {
      OrdererType: 'BFT',
      ConsenterMapping: orderers.map((orderer, index) => ({
        ID: index + 1,
        MSPID: orderer.mspId,
        Identity: join(orderer.identity, 'msp', 'signcerts', 'cert.pem'),
        ...consenter(orderer),
      })),
      SmartBFT: bftOptions(definition),
    };
  }
  return {
    OrdererType: 'etcdraft',
    EtcdRaft: {
      Consenters: orderers.map(consenter),
      // Short ticks: a restarted orderer serves again after seconds.
      Options: {
        TickInterval: '100ms',
        ElectionTick: 10,
        HeartbeatTick: 1,
        MaxInflightBlocks: 5,
        SnapshotIntervalSize: '16 MB',
      },
    },
  };
}

function consenter({ identity, host, port }: OrdererNode): object {
  const certificate = join(identity, 'tls', TLS_FILES.certificate);
  return { Host: host, Port: port, ClientTLSCert: certificate, ServerTLSCert: certificate };
}

/** BFT cuts its batches by these and ignores the channel's batch timeout. All of them must be given if one is. */
function bftOptions({ ordering: { batch } }: ConsortiumDefinition): object {
  return {
    RequestBatchMaxCount: batch.maxMessages,
    RequestBatchMaxBytes: batch.absoluteMaxBytes,
    RequestBatchMaxInterval: `${batch.timeoutMs}ms`,
    IncomingMessageBufferSize: 200,
    RequestPoolSize: 1000,
    RequestMaxBytes: batch.absoluteMaxBytes,
    // How fast a dead leader is replaced: with the defaults it takes 25 s.
    RequestForwardTimeout: '500ms',
    RequestComplainTimeout: '2s',
    RequestAutoRemoveTimeout: '3m0s',
    ViewChangeResendInterval: '5s',
    ViewChangeTimeout: '20s',
    LeaderHeartbeatTimeout: '1m0s',
    LeaderHeartbeatCount: 10,
    CollectTimeout: '1s',
    SyncOnStart: true,
    SpeedUpViewChange: false,
  };
}

/** @param msp folder with what others know of the organization */
export function organization(msp: string, mspId: string, writers: string[]): object {
  const anyOf = (roles: string[]): Policy => ({
    Type: 'Signature',
    Rule: `OR(${roles.map((role) => `'${mspId}.${role}'`).join(', ')})`,
  });
  return {
    Name: mspId,
    ID: mspId,
    MSPDir: msp,
    Policies: {
      Readers: anyOf(['member']),
      Writers: anyOf(writers),
      Admins: anyOf(['admin']),
      Endorsement: anyOf(['peer']),
    },
  };
}

function metaPolicies(): Record<string, Policy> {
  return { Readers: meta('ANY Readers'), Writers: meta('ANY Writers'), Admins: meta('MAJORITY Admins') };
}

function meta(rule: string): Policy {
  return { Type: 'ImplicitMeta', Rule: rule };
}
