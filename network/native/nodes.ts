import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ADDRESS_VARIABLE, writeChaincodeBuilder } from './chaincode-builder.js';
import { requireCouchDb, startCouchDb } from './couchdb.js';
import type { CouchDbChoice } from './couchdb.js';
import type { NativeLayout } from './layout.js';
import { ordererConfig } from './orderer-config.js';
import { peerConfig } from './peer-config.js';
import { startProcess } from './processes.js';
import type { Programs } from './programs.js';
import { untilHealthy } from './readiness.js';
import { writeYaml } from './yaml-file.js';

/** Starts the orderers that are not running, and waits until all serve. */
export async function startOrderers(programs: Programs, layout: NativeLayout): Promise<void> {
  for (const orderer of layout.orderers) {
    mkdirSync(join(orderer.folder, 'data'), { recursive: true, mode: 0o700 });
    writeYaml(join(orderer.folder, 'orderer.yaml'), ordererConfig(layout, orderer));
    const env = { FABRIC_CFG_PATH: orderer.folder };
    startProcess({ folder: orderer.folder, command: programs.orderer, args: ['start'], env });
  }
  for (const orderer of layout.orderers) await untilHealthy(orderer);
}

/**
 * Starts the peers that are not running.
 * @param couchDb `http://user:password@host:port` for each peer, in their order; none: LevelDB. Not used where the
 * network runs its own.
 */
export async function startPeers(programs: Programs, layout: NativeLayout, couchDb: CouchDbChoice = []): Promise<void> {
  const couchDbUrls = layout.ownCouchDb ? await startCouchDbs(layout) : [couchDb].flat();
  writeChaincodeBuilder(layout.builder);
  for (const [index, peer] of layout.peers.entries()) {
    mkdirSync(join(peer.folder, 'data'), { recursive: true, mode: 0o700 });
    const url = couchDbUrls[index];
    writeYaml(join(peer.folder, 'core.yaml'), peerConfig(layout, peer, url !== undefined));
    const env = {
      FABRIC_CFG_PATH: peer.folder,
      [ADDRESS_VARIABLE]: `${peer.chaincode.host}:${peer.chaincode.port}`,
      ...(url !== undefined && couchDbEnvironment(url)),
    };
    startProcess({ folder: peer.folder, command: programs.peer, args: ['node', 'start'], env });
  }
  for (const peer of layout.peers) await untilHealthy(peer);
}

async function startCouchDbs({ peers }: NativeLayout): Promise<string[]> {
  const program = requireCouchDb();
  return Promise.all(peers.map(({ couchDb }) => startCouchDb(program, couchDb, peers.length)));
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
