import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { VerifiedSignatures } from '../../core/index.js';
import { loadDefinition, type ConsortiumDefinition } from '../definition/index.js';
import { DEMO_WORDS, type OrganizationMaterial } from '../identities/index.js';
import type { Channel, StateValues } from './channel.js';
import { chaincodeDefinition } from './channel-definition.js';
import { ChaincodeSupport } from './chaincode-host/chaincode-support.js';
import { readIndexDefinitions } from './chaincode-host/index-definitions.js';
import { launcherFor, type ChaincodeSource, type Launcher } from './chaincode-host/launcher.js';
import { CommitFeed } from './committer/commit-feed.js';
import { Committer } from './committer/committer.js';
import { writeConnectionProfile } from './connection-profile.js';
import { ledgerDir, openMaterial, profileDir, type ConsortiumMaterial } from './data-dir.js';
import { Endorser } from './endorser/endorser.js';
import { StateLock } from './endorser/state-lock.js';
import { TransientStore } from './endorser/transient-store.js';
import { genesisBlock } from './genesis/genesis-block.js';
import { openLedger } from './ledger/index.js';
import { ValidationCode, type Ledger } from './ledger/types.js';
import { commitDefinition } from './lifecycle/commit-definition.js';
import { ChannelMembership } from './msp/membership.js';
import { Signer } from './msp/signer.js';
import { admission } from './orderer/admission.js';
import { Orderer } from './orderer/orderer.js';
import { PeerServer } from './peer-server.js';
import type { GatewayDependencies, SimulationMode } from './services/gateway-dependencies.js';
import { serializedCalls, type SerializedCall } from './services/unary-calls.js';
import { parseEnvelope } from './wire/transaction.js';

export interface EmbeddedNetworkOptions {
  /** Holds keys, blocks, indexes and connection profiles; made at the first start. */
  dataDir: string;
  /** The packaged chaincode: a folder as `fabric-chaincode-node` starts it. */
  chaincodePackageDir: string;
  /** Default: in this process. */
  chaincode?: ChaincodeSource;
  /** Default: the project's consortium. */
  definition?: ConsortiumDefinition;
  /** Ports of the organizations' peers, by organization name; the system chooses the others. */
  ports?: Record<string, number>;
  /** Whether every organization simulates for itself, as on a real network, or one does for all (default). */
  simulate?: SimulationMode;
  /** Whether chaincode gets values back as CouchDB returns them, or as they were written (default). */
  values?: StateValues;
  log?: (line: string) => void;
  /** Called once where the ledger cannot commit: nothing more is accepted. */
  onFailure?: (error: Error) => void;
}

export interface EmbeddedNetwork {
  /** Organization name → absolute path of its connection profile. */
  profiles: Record<string, string>;
  /** Organization name → the unary calls of its peer, for a client in this process. */
  calls: Record<string, SerializedCall>;
  /** Commits what was accepted, then ends all streams and closes the ledger. */
  close(): Promise<void>;
}

interface OrganizationPeer {
  organization: OrganizationMaterial;
  server: PeerServer;
  endorser: Endorser;
}

/**
 * Starts the consortium in this process, which holds every organization's keys: it shows format and logic, not trust
 * between organizations.
 * @throws {LedgerError} where the data directory's ledger is damaged or in use
 */
export async function startEmbeddedNetwork(options: EmbeddedNetworkOptions): Promise<EmbeddedNetwork> {
  const { log = () => undefined, definition = loadDefinition() } = options;
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  log(`${DEMO_WORDS}: the embedded network shows format and logic, not trust between organizations`);
  const material = await openMaterial(dataDir, definition);
  const ledger = await openLedger({ dir: ledgerDir(dataDir), channel: definition.channel });
  try {
    return await startOn(ledger, material, { ...options, dataDir, definition, log });
  } catch (error) {
    ledger.close();
    throw error;
  }
}

type ResolvedOptions = EmbeddedNetworkOptions & Required<Pick<EmbeddedNetworkOptions, 'definition' | 'log'>>;

async function startOn(
  ledger: Ledger,
  material: ConsortiumMaterial,
  options: ResolvedOptions,
): Promise<EmbeddedNetwork> {
  const { definition, dataDir } = options;
  if (ledger.chainInfo().height === 0n) await commitGenesis(ledger, material, definition);
  const channel = channelOf(ledger, material, options);
  ledger.defineIndexes(readIndexDefinitions(options.chaincodePackageDir, channel.chaincode.name));
  const feed = new CommitFeed(ledger);
  const orderer = newOrderer(channel, feed, material, options);
  await commitDefinition({
    definition,
    ledger,
    submitter: signerOf(material.organizations[0]?.admin),
    endorsers: material.organizations.map(({ peers: [first] }) => signerOf(first)),
    orderer,
    feed,
  });
  const peers = await startPeers(channel, material, options);
  const calls: EmbeddedNetwork['calls'] = {};
  for (const { organization, endorser, server } of peers) {
    const endorsers = [endorser, ...peers.map((peer) => peer.endorser).filter((other) => other !== endorser)];
    const deps: GatewayDependencies = {
      channel,
      local: endorser,
      endorsers,
      orderer,
      feed,
      simulate: options.simulate ?? 'once',
      log: options.log,
    };
    server.serve(deps);
    calls[organization.name] = serializedCalls(deps);
  }
  return {
    calls,
    profiles: writeProfiles(dataDir, peers, material, definition),
    close: async () => {
      await orderer.close();
      feed.close('the peer is shutting down');
      await Promise.all(peers.map(({ server }) => server.close()));
      for (const { endorser } of peers) endorser.chaincode.close();
      ledger.close();
    },
  };
}

async function commitGenesis(
  ledger: Ledger,
  material: ConsortiumMaterial,
  definition: ConsortiumDefinition,
): Promise<void> {
  const block = genesisBlock({ definition, ...material });
  const transactions = block.envelopes.map((envelope) => ({
    txId: parseEnvelope(envelope).txId,
    code: ValidationCode.VALID,
    rwset: [],
  }));
  await ledger.commit(block, transactions, []);
}

function channelOf(
  ledger: Ledger,
  { organizations, orderer }: ConsortiumMaterial,
  { definition, values = 'exact' }: ResolvedOptions,
): Channel {
  return {
    channelId: definition.channel,
    chaincode: chaincodeDefinition(definition),
    membership: new ChannelMembership([...organizations, orderer], new VerifiedSignatures()),
    applicationMspIds: organizations.map(({ mspId }) => mspId),
    ledger,
    stateLock: new StateLock(),
    transientStore: new TransientStore(),
    values,
  };
}

function newOrderer(
  channel: Channel,
  feed: CommitFeed,
  material: ConsortiumMaterial,
  { definition, log, onFailure }: ResolvedOptions,
): Orderer {
  const { batch } = definition.ordering;
  const committer = new Committer(channel, feed);
  return new Orderer({
    signer: signerOf(material.orderer.orderers[0]),
    ledger: channel.ledger,
    limits: batch,
    admit: admission(channel, batch.absoluteMaxBytes),
    deliver: (block) => committer.commit(block),
    onFailure: (error) => {
      log(`the ledger cannot commit, nothing more is accepted: ${error.message}`);
      feed.close('the ledger cannot commit');
      onFailure?.(error);
    },
  });
}

async function startPeers(
  channel: Channel,
  material: ConsortiumMaterial,
  options: ResolvedOptions,
): Promise<OrganizationPeer[]> {
  const { name, version } = channel.chaincode;
  const chaincodeId = `${name}_${version}`;
  const source = options.chaincode ?? { kind: 'in-process' };
  const launcher: Launcher = await launcherFor(source, options.chaincodePackageDir, chaincodeId);
  const peers: OrganizationPeer[] = [];
  const servers: PeerServer[] = [];
  try {
    for (const organization of material.organizations) {
      const server = new PeerServer();
      servers.push(server);
      const address = await server.listen(options.ports?.[organization.name] ?? 0);
      const signer = signerOf(organization.peers[0], channel.membership.verified);
      const chaincode = new ChaincodeSupport(chaincodeId, launcher(organization.name));
      const endorser = new Endorser(channel, signer, address, chaincode);
      peers.push({ organization, server, endorser });
    }
  } catch (error) {
    await Promise.all(servers.map((server) => server.close()));
    throw error;
  }
  return peers;
}

function writeProfiles(
  dataDir: string,
  peers: readonly OrganizationPeer[],
  { organizations, orderer }: ConsortiumMaterial,
  definition: ConsortiumDefinition,
): Record<string, string> {
  const { channel, chaincode } = definition;
  return Object.fromEntries(
    peers.map(({ organization, endorser }) => {
      const client = organization.clients[0] ?? organization.admin;
      const folder = profileDir(dataDir, organization.name);
      const request = {
        channel,
        chaincode: chaincode.name,
        organization,
        client,
        endpoint: endorser.address,
        organizations,
        orderer,
      };
      return [organization.name, writeConnectionProfile(folder, request)];
    }),
  );
}

function signerOf(
  identity: { mspId: string; certificatePem: string; privateKeyPem: string } | undefined,
  verified?: VerifiedSignatures,
): Signer {
  if (!identity) throw new Error('the organization has no identity for its node');
  return new Signer(identity.mspId, identity.certificatePem, identity.privateKeyPem, verified);
}
