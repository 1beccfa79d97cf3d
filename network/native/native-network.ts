import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ConsortiumDefinition } from '../definition/index.js';
import { chaincodeService } from './chaincode-service.js';
import { createGenesisBlock, joinOrderers, joinPeers } from './channel.js';
import { comparePeers } from './compare-peers.js';
import { requireCouchDb } from './couchdb.js';
import type { CouchDbChoice } from './couchdb.js';
import { deployChaincode } from './deploy-chaincode.js';
import type { NativeLayout, PeerNode } from './layout.js';
import { agree, committedSequence, install, packageFor } from './lifecycle.js';
import { makeIdentities } from './make-identities.js';
import { startOrderers, startPeers } from './nodes.js';
import { isPart } from './part.js';
import { runningPid, startProcess, stopProcess } from './processes.js';
import { writeProfiles } from './profile.js';
import { ProgramError } from './programs.js';
import type { Programs } from './programs.js';
import { untilEndorsing } from './readiness.js';
import { createLayout, hasNetwork, listProcesses, openLayout } from './settings.js';
import type { NetworkProcess } from './settings.js';

export interface NativeOptions {
  /** Everything of the network is below this folder. */
  dir: string;
  definition: ConsortiumDefinition;
  programs: Programs;
  /** Folder of the built chaincode. */
  bundle: string;
  /** First of the ports; ignored where the network exists already. */
  basePort: number;
  /** In the peers' order; none: LevelDB. */
  couchDb?: CouchDbChoice;
  /** Told what is being done, one phase after the other. */
  onPhase?: (phase: string) => void;
}

export interface NativeNetwork {
  dir: string;
  /** The connection profile of each organization, by its name. */
  profiles: Record<string, string>;
}

export interface ProcessStatus extends NetworkProcess {
  /** Absent: it is not running. */
  pid?: number;
}

/** Makes the network, or starts what of it is not running. @throws {ProgramError} */
export async function up(options: NativeOptions): Promise<NativeNetwork> {
  const { couchDb } = options;
  if (couchDb === 'own') requireCouchDb();
  const layout = await createLayout(resolve(options.dir), options.definition, options.basePort, { couchDb });
  const phase = options.onPhase ?? (() => undefined);
  phase('identities');
  await makeIdentities(layout);
  phase('channel');
  await createGenesisBlock(options.programs, layout);
  phase('orderers');
  await startOrderers(options.programs, layout);
  await joinOrderers(options.programs, layout);
  phase('peers');
  await startPeers(options.programs, layout, couchDb);
  await joinPeers(options.programs, layout);
  await deployOn(options, layout);
  return { dir: layout.dir, profiles: writeProfiles(layout, 'native', options.definition) };
}

/** Installs and commits the chaincode on a network that is up, and starts its services anew. */
export async function deploy(options: NativeOptions): Promise<void> {
  const layout = openLayout(resolve(options.dir), options.definition);
  for (const peer of layout.peers) await stopProcess(peer.chaincode.folder);
  await deployOn(options, layout);
}

/**
 * Brings a new version of the contract to a network that is in use: the package is installed and agreed on while the
 * old one serves; then each peer's service is replaced by the new one, one after the other. The state stays.
 * @returns the sequence of the contract's definition before and after.
 */
export async function upgrade(options: NativeOptions): Promise<{ from: number; to: number }> {
  const { programs, bundle } = options;
  const layout = openLayout(resolve(options.dir), options.definition);
  if (isPart(layout)) {
    throw new ProgramError(
      'this is one organization of a network: it approves by join accept, and deploy starts the new contract',
    );
  }
  const from = await committedSequence(programs, layout);
  const packageIds = new Map<PeerNode, string>();
  options.onPhase?.('packages');
  for (const peer of layout.peers) {
    packageIds.set(peer, await install(programs, peer, packageFor(layout, peer, bundle)));
  }
  options.onPhase?.('approval by every organization');
  await agree(programs, layout, packageIds);
  options.onPhase?.('chaincode services');
  for (const [peer, packageId] of packageIds) {
    await stopProcess(peer.chaincode.folder);
    startProcess(chaincodeService(layout, peer, bundle, packageId));
  }
  await untilEndorsing(layout);
  // Gateways that are running ask the organizations that have joined as well from now on.
  writeProfiles(layout, 'native', options.definition);
  return { from, to: await committedSequence(programs, layout) };
}

/** Stops every process of the network; what it knows stays. @returns the names of what was running. */
export async function down(dir: string): Promise<string[]> {
  const stopped: string[] = [];
  // Clients before servers: a peer waits for the chaincode services it is connected to.
  for (const { name, folder } of listProcesses(resolve(dir)).reverse()) {
    if (await stopProcess(folder)) stopped.push(name);
  }
  return stopped;
}

/** Every process that belongs to the network, in the order they are started. */
export function status(dir: string): ProcessStatus[] {
  return listProcesses(resolve(dir)).map((one) => {
    const pid = runningPid(one.folder);
    return { ...one, ...(pid !== undefined && { pid }) };
  });
}

/** Stops the network and removes all of it. @returns the names of what was running. */
export async function reset(dir: string): Promise<string[]> {
  if (!hasNetwork(resolve(dir))) return [];
  const stopped = await down(dir);
  rmSync(dir, { recursive: true, force: true });
  return stopped;
}

/** Compares what the peers hold. */
export async function verify(options: NativeOptions): ReturnType<typeof comparePeers> {
  return comparePeers(options.programs, openLayout(resolve(options.dir), options.definition));
}

function deployOn(options: NativeOptions, layout: NativeLayout): Promise<void> {
  return deployChaincode(options, layout, (peer, packageId) =>
    startProcess(chaincodeService(layout, peer, options.bundle, packageId)),
  );
}
