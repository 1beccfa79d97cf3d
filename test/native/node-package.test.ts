import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'mocha';
import { parse } from 'yaml';
import { nodePackage, status } from '../../network/native/index.js';
import { ADDRESS_VARIABLE } from '../../network/native/chaincode-builder.js';
import type { PeerNode } from '../../network/native/layout.js';
import { approveByAll, committedSequence, install } from '../../network/native/lifecycle.js';
import { startProcess, stopProcess } from '../../network/native/processes.js';
import { untilHealthy } from '../../network/native/readiness.js';
import { openLayout } from '../../network/native/settings.js';
import { until } from '../../network/native/until.js';
import { writeYaml } from '../../network/native/yaml-file.js';
import { root } from '../runner/tiers.js';
import { newEvent } from '../support/events.js';
import { AUDIT_CHAINCODE } from '../support/native-options.js';
import { useNativeNetwork } from './network.js';

/**
 * What the peer's own Node builder does, without a container: it unpacks `src/`, adds the libraries, and starts the
 * program that `npm start` names, which dials the peer. The libraries are those that are installed here.
 */
const BUILDER: Record<string, string> = {
  detect: `process.exit(JSON.parse(fs.readFileSync(args[1] + '/metadata.json', 'utf8')).type === 'node' ? 0 : 1);`,
  build: 'fs.cpSync(args[0], args[2], { recursive: true });',
  release: `fs.mkdirSync(args[1], { recursive: true });
if (fs.existsSync(args[0] + '/META-INF')) fs.cpSync(args[0] + '/META-INF', args[1], { recursive: true });`,
  run: `const libraries = ${JSON.stringify(path.join(root, 'node_modules'))};
const about = JSON.parse(fs.readFileSync(args[1] + '/chaincode.json', 'utf8'));
const keep = (name, text) => (fs.writeFileSync(args[1] + '/' + name, text, { mode: 0o600 }), args[1] + '/' + name);
const base64 = (pem) => Buffer.from(pem).toString('base64');
const { scripts } = JSON.parse(fs.readFileSync(args[0] + '/src/package.json', 'utf8'));
const [program, ...options] = scripts.start.split(' ');
require('node:child_process').spawnSync(libraries + '/.bin/' + program, [...options, '--peer.address', about.peer_address], {
  cwd: args[0] + '/src',
  stdio: 'inherit',
  env: {
    PATH: process.env.PATH,
    NODE_PATH: libraries,
    CORE_CHAINCODE_ID_NAME: about.chaincode_id,
    CORE_PEER_LOCALMSPID: about.mspid,
    CORE_PEER_TLS_ENABLED: 'true',
    CORE_PEER_TLS_ROOTCERT_FILE: keep('root.pem', about.root_cert),
    CORE_TLS_CLIENT_CERT_PATH: keep('client.crt', base64(about.client_cert)),
    CORE_TLS_CLIENT_KEY_PATH: keep('client.key', base64(about.client_key)),
  },
});`,
};

describe("the package for the peer's own Node builder", function () {
  this.timeout(120_000);
  const native = useNativeNetwork();
  let peer: PeerNode;
  before(() => {
    const { dir, definition } = native().options;
    peer = openLayout(dir, definition).peers[0] ?? assert.fail();
  });

  it('is installed by a peer, and what is in it dials the peer and endorses', async () => {
    const { options, apis } = native();
    const { programs, definition } = options;
    const layout = openLayout(options.dir, definition);
    await restartWithBuilder(peer, writeBuilder(path.join(options.dir, 'node-builder')));
    const { name, version } = definition.chaincode;
    const file = nodePackage(`${name}_${version}`, AUDIT_CHAINCODE);
    const own = { ...layout, peers: [peer] };
    const sequence = await until('the peer cannot be administered', () => committedSequence(programs, own));
    assert.equal(await install(programs, peer, file), file.id);
    await approveByAll(programs, own, new Map([[peer, file.id]]), sequence);
    // From here on nothing but the package can answer for the operator.
    await stopProcess(peer.chaincode.folder);
    for (;;) {
      const { endorsed_by, locator } = await apis.operator.record(newEvent());
      if (!endorsed_by.includes('OperatorMSP')) continue;
      await apis.operator.read(`/v1/events/${locator}`);
      break;
    }
    const service = status(options.dir).find((one) => one.name === `chaincode of ${peer.name}`);
    assert.equal(service?.pid, undefined);
  });

  async function restartWithBuilder({ folder, chaincode }: PeerNode, builder: string): Promise<void> {
    await stopProcess(folder);
    const file = path.join(folder, 'core.yaml');
    const config = parse(readFileSync(file, 'utf8')) as { chaincode: { externalBuilders: object[] } };
    config.chaincode.externalBuilders.push({ name: 'node', path: builder, propagateEnvironment: [] });
    writeYaml(file, config);
    const env = { FABRIC_CFG_PATH: folder, [ADDRESS_VARIABLE]: `${chaincode.host}:${chaincode.port}` };
    startProcess({ folder, command: native().options.programs.peer, args: ['node', 'start'], env });
    await untilHealthy(peer);
  }
});

function writeBuilder(folder: string): string {
  mkdirSync(path.join(folder, 'bin'), { recursive: true });
  for (const [name, script] of Object.entries(BUILDER)) {
    const file = path.join(folder, 'bin', name);
    writeFileSync(
      file,
      `#!${process.execPath}\nconst fs = require('node:fs');\nconst args = process.argv.slice(2);\n${script}\n`,
    );
    chmodSync(file, 0o700);
  }
  return folder;
}
