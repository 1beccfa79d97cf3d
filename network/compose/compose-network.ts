import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type { ConsortiumDefinition } from '../definition/index.js';
import { writeChaincodeBuilder } from '../native/chaincode-builder.js';
import { createGenesisBlock, joinOrderers, joinPeers } from '../native/channel.js';
import { deployChaincode } from '../native/deploy-chaincode.js';
import type { Addressing, NativeLayout, PeerNode } from '../native/layout.js';
import { packageFor } from '../native/lifecycle.js';
import { makeIdentities } from '../native/make-identities.js';
import type { NativeNetwork, NativeOptions } from '../native/native-network.js';
import { ordererConfig } from '../native/orderer-config.js';
import { peerConfig } from '../native/peer-config.js';
import { writeProfile, writeProfiles } from '../native/profile.js';
import { ProgramError } from '../native/programs.js';
import { createLayout, openLayout } from '../native/settings.js';
import { writeYaml } from '../native/yaml-file.js';
import { composeFile, COUCHDB_PORT, secretsFile } from './compose-file.js';
import { composeProgram, runCompose } from './compose-program.js';

/** Containers know one another by their names, and listen for one another. */
const IN_CONTAINERS: Addressing = { hostOf: (name) => name, listenAddress: '0.0.0.0' };

export const composeFileOf = (dir: string): string => join(resolve(dir), 'compose.yaml');

/** Writes all that the containers need: the Compose file, keys, configurations, the channel's first block. */
export async function writeComposeNetwork(options: NativeOptions): Promise<NativeLayout> {
  const layout = await createLayout(resolve(options.dir), options.definition, options.basePort, {
    addressing: IN_CONTAINERS,
  });
  await makeIdentities(layout);
  await createGenesisBlock(options.programs, layout);
  writeChaincodeBuilder(layout.builder);
  for (const orderer of layout.orderers) {
    mkdirSync(orderer.folder, { recursive: true, mode: 0o700 });
    writeYaml(join(orderer.folder, 'orderer.yaml'), ordererConfig(layout, orderer));
  }
  for (const peer of layout.peers) {
    mkdirSync(peer.folder, { recursive: true, mode: 0o700 });
    writeYaml(join(peer.folder, 'core.yaml'), peerConfig(layout, peer, true));
    writeCouchDbSecrets(peer);
  }
  for (const one of layout.definition.organizations) writeProfile(layout, one, 'compose', 'the network');
  const libraries = dirname(
    dirname(createRequire(join(options.bundle, 'index.js')).resolve('fabric-shim/package.json')),
  );
  const packageIdOf = (peer: PeerNode): string => packageFor(layout, peer, options.bundle).id;
  writeYaml(composeFileOf(options.dir), composeFile(layout, { bundle: options.bundle, libraries, packageIdOf }));
  return layout;
}

/** The network in this folder. @throws {ProgramError} if there is none, or it is of another definition */
export function openComposeNetwork(dir: string, definition: ConsortiumDefinition): NativeLayout {
  return openLayout(resolve(dir), definition, IN_CONTAINERS);
}

/** Makes the network and starts its containers; needs Docker with its Compose plugin. @throws {ProgramError} */
export async function upCompose(options: NativeOptions): Promise<NativeNetwork> {
  const phase = options.onPhase ?? (() => undefined);
  phase('identities, channel and compose.yaml');
  const layout = await writeComposeNetwork(options);
  phase('containers');
  await dockerCompose(options.dir, ['up', '--detach', '--wait']);
  phase('channel');
  await joinOrderers(options.programs, layout);
  await joinPeers(options.programs, layout);
  await deployChaincode(options, layout, () => undefined);
  return { dir: layout.dir, profiles: writeProfiles(layout, 'compose') };
}

/** @returns what it said. @throws {ProgramError} where there is no network, Docker Compose is missing, or it fails. */
export async function dockerCompose(dir: string, args: string[]): Promise<string> {
  const file = composeFileOf(dir);
  if (!existsSync(file)) throw new ProgramError(`there is no network in ${dir}`);
  const program = await composeProgram().catch((error: unknown) => {
    throw new ProgramError(`${error instanceof Error ? error.message : ''}; what it would read is ${file}`);
  });
  return runCompose(program, ['--file', file, ...args]);
}

/** Once: a database keeps the password that it was made with. */
function writeCouchDbSecrets(peer: PeerNode): void {
  const database = peer.couchDb.folder;
  if (existsSync(secretsFile(database)) && existsSync(secretsFile(peer.folder))) return;
  const password = randomBytes(24).toString('base64url');
  mkdirSync(database, { recursive: true, mode: 0o700 });
  writeSecrets(database, { COUCHDB_USER: 'peer', COUCHDB_PASSWORD: password });
  writeSecrets(peer.folder, {
    CORE_LEDGER_STATE_COUCHDBCONFIG_COUCHDBADDRESS: `${peer.couchDb.name}:${COUCHDB_PORT}`,
    CORE_LEDGER_STATE_COUCHDBCONFIG_USERNAME: 'peer',
    CORE_LEDGER_STATE_COUCHDBCONFIG_PASSWORD: password,
  });
}

function writeSecrets(folder: string, variables: Record<string, string>): void {
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(secretsFile(folder), lines.join(''), { mode: 0o600 });
}
