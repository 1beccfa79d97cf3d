import { join } from 'node:path';
import { ADDRESS_VARIABLE } from '../native/chaincode-builder.js';
import { chaincodeService } from '../native/chaincode-service.js';
import { HOST } from '../native/layout.js';
import type { NativeLayout, OrdererNode, PeerNode } from '../native/layout.js';
import { gatewayName, gatewayService } from './gateway-service.js';
import { common, healthcheck, IMAGES, onLoopback, PATIENCE, readOnly } from './service-parts.js';

/** The network as Docker Compose reads it (compose-spec). Files have the same paths inside and outside of containers. */

export const COUCHDB_PORT = 5984;
/** Of a node's folder: what of its environment is secret. */
export const secretsFile = (folder: string): string => join(folder, 'secrets.env');

export interface BuiltProduct {
  /** Folder of the built chaincode; the gateway is built beside it. */
  bundle: string;
  /** Where its libraries are. */
  libraries: string;
  packageIdOf: (peer: PeerNode) => string;
}

export function composeFile(layout: NativeLayout, product: BuiltProduct): object {
  const services = [
    ...layout.orderers.map((orderer) => [orderer.name, ordererService(layout, orderer)] as const),
    ...layout.peers.flatMap((peer) => [
      [peer.couchDb.name, couchDbService(peer)] as const,
      [peer.name, peerService(layout, peer)] as const,
      [peer.chaincode.name, serviceOf(layout, peer, product)] as const,
    ]),
    ...layout.definition.organizations.map((one) => [gatewayName(one), gatewayService(layout, one, product)] as const),
  ];
  const volumes = [
    ...layout.orderers.map(({ name }) => name),
    ...layout.peers.flatMap((peer) => [peer.name, peer.couchDb.name]),
    ...layout.definition.organizations.map(gatewayName),
  ];
  return {
    name: `audit-ledger-${layout.definition.channel.replaceAll('.', '-')}`,
    services: Object.fromEntries(services),
    volumes: Object.fromEntries(volumes.map((name) => [name, {}])),
    networks: { consortium: {} },
  };
}

function ordererService({ ordererAdmin }: NativeLayout, orderer: OrdererNode): object {
  const { folder, identity, port, operationsPort, adminPort, name } = orderer;
  return {
    ...common(IMAGES.orderer, { cpus: '1', memory: '1g' }),
    command: ['orderer', 'start'],
    environment: { FABRIC_CFG_PATH: folder, FABRIC_LOGGING_SPEC: 'warning' },
    ports: [port, operationsPort, adminPort].map(onLoopback),
    volumes: [
      ...[join(folder, 'orderer.yaml'), identity, join(ordererAdmin, 'tls', 'ca.crt')].map(readOnly),
      `${name}:${join(folder, 'data')}`,
    ],
    healthcheck: healthcheck(operationsPort, '/healthz'),
  };
}

function peerService({ builder }: NativeLayout, peer: PeerNode): object {
  const { folder, identity, port, operationsPort, name, chaincode } = peer;
  return {
    ...common(IMAGES.peer, { cpus: '2', memory: '2g' }),
    command: ['peer', 'node', 'start'],
    environment: {
      FABRIC_CFG_PATH: folder,
      FABRIC_LOGGING_SPEC: 'warning',
      [ADDRESS_VARIABLE]: `${chaincode.host}:${chaincode.port}`,
    },
    env_file: [secretsFile(folder)],
    ports: [port, operationsPort].map(onLoopback),
    volumes: [...[join(folder, 'core.yaml'), identity, builder].map(readOnly), `${name}:${join(folder, 'data')}`],
    depends_on: { [peer.couchDb.name]: { condition: 'service_healthy' } },
    healthcheck: healthcheck(operationsPort, '/healthz'),
  };
}

/** Reached by its peer only: no port of it is published. */
function couchDbService(peer: PeerNode): object {
  return {
    ...common(IMAGES.couchdb, { cpus: '1', memory: '1g' }),
    env_file: [secretsFile(peer.couchDb.folder)],
    volumes: [`${peer.couchDb.name}:/opt/couchdb/data`],
    healthcheck: healthcheck(COUCHDB_PORT, '/_up'),
  };
}

/** Reached by its peer only. */
function serviceOf(layout: NativeLayout, peer: PeerNode, { bundle, libraries, packageIdOf }: BuiltProduct): object {
  const { args, env, tlsFolder } = chaincodeService(layout, peer, bundle, packageIdOf(peer));
  const { port } = peer.chaincode;
  return {
    ...common(IMAGES.node, { cpus: '1', memory: '512m' }),
    // The shim has no handler for SIGTERM, and the first process of a container does not end by it without one.
    init: true,
    command: ['node', ...args],
    working_dir: bundle,
    environment: env,
    volumes: [bundle, libraries, tlsFolder].map(readOnly),
    healthcheck: { ...PATIENCE, test: ['CMD', 'bash', '-c', `exec 3<>/dev/tcp/${HOST}/${port}`] },
  };
}
