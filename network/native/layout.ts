import { join } from 'node:path';
import type { ConsortiumDefinition, OrdererOrganization, PeerOrganization } from '../definition/index.js';
import type { CouchDbNode } from './couchdb.js';
import { identityFolder, organizationMspFolder, TLS_FILES } from '../identities/index.js';

/** Where everything of a native network is: folders below one, ports from one on, all on 127.0.0.1. */

/** Where this machine reaches every node. */
export const HOST = '127.0.0.1';

/** How nodes reach one another. */
export interface Addressing {
  /** Of a node or chaincode service, by its name. */
  hostOf: (name: string) => string;
  listenAddress: string;
}
export const ON_LOOPBACK: Addressing = { hostOf: () => HOST, listenAddress: HOST };
const PORTS_PER_NODE = 4;

interface Node {
  name: string;
  mspId: string;
  /** Of its configuration, data, log and process file. */
  folder: string;
  /** With `msp/` and `tls/`. */
  identity: string;
  /** Where the other nodes reach it. */
  host: string;
  listenAddress: string;
  port: number;
  operationsPort: number;
}

export interface OrdererNode extends Node {
  adminPort: number;
}

export interface PeerNode extends Node {
  organization: PeerOrganization;
  chaincodeListenerPort: number;
  /** The chaincode service that belongs to this peer. */
  chaincode: { name: string; host: string; folder: string; port: number };
  /** The CouchDB that belongs to this peer, where the network has any. */
  couchDb: CouchDbNode;
  admin: string;
}

export interface OrdererService {
  /** `host:port` */
  endpoint: string;
  /** The certificate that its TLS certificate comes from. */
  caFile: string;
}

export interface NativeLayout {
  dir: string;
  definition: ConsortiumDefinition;
  peers: PeerNode[];
  orderers: OrdererNode[];
  /** Whether the network runs a CouchDB for each peer. */
  ownCouchDb: boolean;
  /** Whether its peers use CouchDBs that others run, and that have to be named each time. */
  givenCouchDb: boolean;
  /** Of the administrator of the ordering organization. */
  ordererAdmin: string;
  /** Where transactions are sent for ordering. */
  ordererService: OrdererService;
  configtx: string;
  genesisBlock: string;
  builder: string;
  deployment: string;
}

/** An identity for the chaincode services: they need a TLS certificate of their own. */
export const CHAINCODE_CLIENT = 'chaincode';

export const organizationFolder = (dir: string, name: string): string => join(dir, 'organizations', name);
export const organizationMsp = (dir: string, name: string): string =>
  organizationMspFolder(organizationFolder(dir, name));

/** How many ports from the base port on a network uses. */
export function portCount({ organizations, ordering }: ConsortiumDefinition): number {
  const peers = organizations.reduce((sum, one) => sum + one.peers, 0);
  return PORTS_PER_NODE * (ordering.orderers + peers) + peers;
}

export function layOut(
  definition: ConsortiumDefinition,
  dir: string,
  basePort: number,
  addressing = ON_LOOPBACK,
): NativeLayout {
  let nextPort = basePort;
  const takePorts = (): number => {
    const first = nextPort;
    nextPort += PORTS_PER_NODE;
    return first;
  };
  const { ordering } = definition;
  // Behind all nodes, whose ports they leave as they are.
  let couchDbPort = basePort + portCount(definition);
  const orderers = Array.from({ length: ordering.orderers }, (_, index) =>
    layOutOrderer(addressing, dir, ordering.organization, index, takePorts()),
  );
  const peers = definition.organizations.flatMap((organization) =>
    Array.from({ length: organization.peers }, (_, index) =>
      layOutPeer(addressing, dir, organization, index, { first: takePorts(), couchDb: --couchDbPort }),
    ),
  );
  const ordererAdmin = adminFolder(dir, ordering.organization);
  return {
    dir,
    definition,
    peers,
    orderers,
    ownCouchDb: false,
    givenCouchDb: false,
    ordererAdmin,
    ordererService: {
      endpoint: `${HOST}:${orderers[0]?.port ?? basePort}`,
      caFile: join(ordererAdmin, 'tls', TLS_FILES.ca),
    },
    configtx: join(dir, 'channel', 'configtx.yaml'),
    genesisBlock: join(dir, 'channel', `${definition.channel}.block`),
    builder: join(dir, 'builder'),
    deployment: join(dir, 'channel', 'deployment.json'),
  };
}

function layOutOrderer(
  { hostOf, listenAddress }: Addressing,
  dir: string,
  organization: OrdererOrganization,
  index: number,
  port: number,
): OrdererNode {
  const name = `orderer${index}.${organization.domain}`;
  return {
    name,
    mspId: organization.mspId,
    folder: join(dir, 'nodes', name),
    identity: identityFolder(organizationFolder(dir, organization.name), 'orderer', name),
    host: hostOf(name),
    listenAddress,
    port,
    operationsPort: port + 1,
    adminPort: port + 2,
  };
}

function layOutPeer(
  { hostOf, listenAddress }: Addressing,
  dir: string,
  organization: PeerOrganization,
  index: number,
  ports: { first: number; couchDb: number },
): PeerNode {
  const port = ports.first;
  const name = `peer${index}.${organization.domain}`;
  const [chaincode, couchDb] = [`chaincode.${name}`, `couchdb.${name}`];
  return {
    name,
    mspId: organization.mspId,
    organization,
    folder: join(dir, 'nodes', name),
    identity: identityFolder(organizationFolder(dir, organization.name), 'peer', name),
    admin: adminFolder(dir, organization),
    host: hostOf(name),
    listenAddress,
    port,
    operationsPort: port + 1,
    chaincodeListenerPort: port + 2,
    chaincode: { name: chaincode, host: hostOf(chaincode), folder: join(dir, 'nodes', chaincode), port: port + 3 },
    couchDb: { name: couchDb, folder: join(dir, 'nodes', couchDb), port: ports.couchDb },
  };
}

function adminFolder(dir: string, { name, domain }: OrdererOrganization): string {
  return identityFolder(organizationFolder(dir, name), 'admin', `admin@${domain}`);
}
