import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { ConsortiumDefinition } from '../definition/index.js';
import { createOrganization } from '../identities/index.js';
import { writeChaincodeBuilder } from './chaincode-builder.js';
import { chaincodeService } from './chaincode-service.js';
import { createGenesisBlock, joinOrderers, joinPeers } from './channel.js';
import { CHAINCODE_CLIENT, layOut, organizationFolder, portCount } from './layout.js';
import type { NativeLayout, PeerNode } from './layout.js';
import { agree, install, packageFor } from './lifecycle.js';
import { ordererConfig } from './orderer-config.js';
import { peerConfig } from './peer-config.js';
import { assertFree } from './ports.js';
import { runningPid, startProcess, stopProcess } from './processes.js';
import { profileFile, writeProfiles } from './profile.js';
import { ProgramError } from './programs.js';
import type { Programs } from './programs.js';
import { untilEndorsing, untilHealthy } from './readiness.js';
import { writeYaml } from './yaml-file.js';

export interface NativeOptions {
  /** Everything of the network is below this folder. */
  dir: string;
  definition: ConsortiumDefinition;
  programs: Programs;
  /** Folder of the built chaincode. */
  bundle: string;
  /** First of the ports; ignored where the network exists already. */
  basePort: number;
  /** `http://user:password@host:port` of a CouchDB for each peer, in the peers' order; none: LevelDB. */
  couchDbUrls?: readonly string[];
  /** Told what is being done, one phase after the other. */
  onPhase?: (phase: string) => void;
}

export interface NativeNetwork {
  dir: string;
  /** The connection profile of each organization, by its name. */
  profiles: Record<string, string>;
}

export interface NodeStatus {
  name: string;
  /** Absent: it is not running. */
  pid?: number;
  port: number;
  folder: string;
}

/** What a network was made with, and cannot be changed under it. */
const settings = z.strictObject({ version: z.literal(1), basePort: z.number().int(), consortium: z.unknown() });

/** Makes the network, or starts what of it is not running. @throws {ProgramError} */
export async function up(options: NativeOptions): Promise<NativeNetwork> {
  const layout = await openLayout(options);
  const phase = options.onPhase ?? (() => undefined);
  phase('identities');
  await makeIdentities(layout);
  phase('channel');
  await createGenesisBlock(options.programs, layout);
  phase('orderers');
  await startOrderers(options.programs, layout);
  await joinOrderers(options.programs, layout);
  phase('peers');
  await startPeers(options, layout);
  await joinPeers(options.programs, layout);
  await deployOn(options, layout);
  writeProfiles(layout);
  const names = options.definition.organizations.map(({ name }) => name);
  return { dir: layout.dir, profiles: Object.fromEntries(names.map((name) => [name, profileFile(layout.dir, name)])) };
}

/** Installs and commits the chaincode on a network that is up, and starts its services anew. */
export async function deploy(options: NativeOptions): Promise<void> {
  const layout = await openLayout(options);
  for (const peer of layout.peers) await stopProcess(peer.chaincode.folder);
  await deployOn(options, layout);
}

/** Stops every process of the network; what it knows stays. @returns the names of what was running. */
export async function down(dir: string, definition: ConsortiumDefinition): Promise<string[]> {
  const stopped: string[] = [];
  // Clients before servers: chaincode services last would keep peers waiting for them.
  for (const { name, folder } of status(dir, definition).reverse()) {
    if (await stopProcess(folder)) stopped.push(name);
  }
  return stopped;
}

/** Every process that belongs to the network, in the order they are started. */
export function status(dir: string, definition: ConsortiumDefinition): NodeStatus[] {
  const path = resolve(dir);
  const layout = layOut(definition, path, readSettings(path)?.basePort ?? 0);
  const services = layout.peers.map(({ name, chaincode }) => ({ name: `chaincode of ${name}`, ...chaincode }));
  return [...layout.orderers, ...layout.peers, ...services].map(({ name, folder, port }) => {
    const pid = runningPid(folder);
    return { name, folder, port, ...(pid !== undefined && { pid }) };
  });
}

/** Stops the network and removes all of it. */
export async function reset(dir: string, definition: ConsortiumDefinition): Promise<void> {
  await down(dir, definition);
  if (readSettings(resolve(dir))) rmSync(dir, { recursive: true, force: true });
}

async function openLayout({ dir, definition, basePort }: NativeOptions): Promise<NativeLayout> {
  const path = resolve(dir);
  const consortium = structureOf(definition);
  const known = readSettings(path);
  if (known && !isDeepStrictEqual(known.consortium, consortium)) {
    throw new ProgramError(`${path} holds a network of another definition; remove it with "down --reset" first`);
  }
  if (!known) {
    await assertFree(basePort, portCount(definition));
    mkdirSync(path, { recursive: true, mode: 0o700 });
    writeFileSync(join(path, 'network.json'), JSON.stringify({ version: 1, basePort, consortium }), { mode: 0o600 });
  }
  return layOut(definition, path, known?.basePort ?? basePort);
}

/** What of the definition is in identities and genesis block; the chaincode's part can change by a new sequence. */
function structureOf({ channel, organizations, ordering }: ConsortiumDefinition): object {
  return { channel, organizations, ordering };
}

function readSettings(dir: string): z.output<typeof settings> | undefined {
  const file = join(dir, 'network.json');
  return existsSync(file) ? settings.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
}

async function makeIdentities({ dir, definition }: NativeLayout): Promise<void> {
  const { organization, orderers } = definition.ordering;
  const requests = [
    ...definition.organizations.map((one) => ({ ...one, clients: [...one.clients, CHAINCODE_CLIENT] })),
    { ...organization, orderers },
  ];
  for (const request of requests) {
    const folder = organizationFolder(dir, request.name);
    if (!existsSync(folder)) await createOrganization(request, { dir: folder, demo: false });
  }
}

async function startOrderers(programs: Programs, layout: NativeLayout): Promise<void> {
  for (const orderer of layout.orderers) {
    mkdirSync(join(orderer.folder, 'data'), { recursive: true, mode: 0o700 });
    writeYaml(join(orderer.folder, 'orderer.yaml'), ordererConfig(layout, orderer));
    const env = { FABRIC_CFG_PATH: orderer.folder };
    startProcess({ folder: orderer.folder, command: programs.orderer, args: ['start'], env });
  }
  for (const { name, operationsPort } of layout.orderers) await untilHealthy(name, operationsPort);
}

async function startPeers({ programs, couchDbUrls = [] }: NativeOptions, layout: NativeLayout): Promise<void> {
  if (couchDbUrls.length > 0 && couchDbUrls.length !== layout.peers.length) {
    throw new ProgramError(
      `${layout.peers.length} peers need as many CouchDB servers; ${couchDbUrls.length} were given`,
    );
  }
  writeChaincodeBuilder(layout.builder);
  for (const [index, peer] of layout.peers.entries()) {
    mkdirSync(join(peer.folder, 'data'), { recursive: true, mode: 0o700 });
    const url = couchDbUrls[index];
    writeYaml(join(peer.folder, 'core.yaml'), peerConfig(layout, peer, url !== undefined));
    const env = { FABRIC_CFG_PATH: peer.folder, ...(url !== undefined && couchDbEnvironment(url)) };
    startProcess({ folder: peer.folder, command: programs.peer, args: ['node', 'start'], env });
  }
  for (const { name, operationsPort } of layout.peers) await untilHealthy(name, operationsPort);
}

/** In the environment rather than in a file: the password is nobody else's. */
function couchDbEnvironment(url: string): Record<string, string> {
  const { host, username, password } = new URL(url);
  return {
    CORE_LEDGER_STATE_COUCHDBCONFIG_COUCHDBADDRESS: host,
    CORE_LEDGER_STATE_COUCHDBCONFIG_USERNAME: decodeURIComponent(username),
    CORE_LEDGER_STATE_COUCHDBCONFIG_PASSWORD: decodeURIComponent(password),
  };
}

async function deployOn(options: NativeOptions, layout: NativeLayout): Promise<void> {
  const { programs, bundle } = options;
  const phase = options.onPhase ?? (() => undefined);
  phase('chaincode');
  const packageIds = new Map<PeerNode, string>();
  for (const peer of layout.peers) {
    const packageId = await install(programs, peer, packageFor(layout, peer, bundle));
    packageIds.set(peer, packageId);
    startProcess(chaincodeService(layout, peer, bundle, packageId));
  }
  await agree(programs, layout, packageIds);
  phase('endorsement by all organizations');
  await untilEndorsing(layout);
}
