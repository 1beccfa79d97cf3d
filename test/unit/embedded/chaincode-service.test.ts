import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { createRequire } from 'node:module';
import { rmSync } from 'node:fs';
import { loadDefinition } from '../../../network/definition/index.js';
import { checkLedger } from '../../support/check-ledger.js';
import {
  newDataDir,
  PROBE_CHAINCODE,
  startProbeNetwork,
  stopProbeNetwork,
  text,
  type ProbeNetwork,
} from '../../support/probe-network.js';

const SHIM_CLI = createRequire(import.meta.url).resolve('fabric-shim/cli.js');
const { version, name } = loadDefinition().chaincode;
const CHAINCODE_ID = `${name}_${version}`;

describe('embedded network: chaincode in processes of its own', () => {
  let dataDir: string;
  let children: ChildProcess[];
  beforeEach(() => {
    dataDir = newDataDir();
    children = [];
  });
  afterEach(async () => {
    await Promise.all(children.map(stop));
    await checkLedger(dataDir);
    rmSync(dataDir, { recursive: true });
  });

  it('as a service that the peers dial, with the unmodified shim', async function () {
    this.timeout(30_000);
    const address = `127.0.0.1:${await freePort()}`;
    children.push(await startShim(['server', '--chaincode-address', address, '--chaincode-id', CHAINCODE_ID], address));
    const addresses = { operator: address, partner: address, auditor: address };
    const network = await startProbeNetwork(dataDir, { chaincode: { kind: 'service', addresses } });
    await exercise(network);

    await Promise.all(children.map(stop));
    await assert.rejects(network.operator.contract.evaluateTransaction('Get', 'a'), /ABORTED/);
    children = [await startShim(['server', '--chaincode-address', address, '--chaincode-id', CHAINCODE_ID], address)];
    assert.equal(text(await network.operator.contract.evaluateTransaction('Get', 'served')), '150');
    await stopProbeNetwork(network);
  });

  it('dialling its peer, with the unmodified shim', async function () {
    this.timeout(30_000);
    const network = await startProbeNetwork(dataDir, { chaincode: { kind: 'dials-in' } });
    await assert.rejects(network.operator.contract.evaluateTransaction('Get', 'a'), /ABORTED/);
    for (const { gateway } of [network.operator, network.partner, network.auditor].map((client) => ({
      gateway: client.grpc,
    }))) {
      const peer = gateway.getChannel().getTarget().replace(/^dns:/, '');
      children.push(
        await startShim(
          ['start', '--peer.address', peer, '--chaincode-id-name', CHAINCODE_ID],
          /Successfully established/,
        ),
      );
    }
    await exercise(network);
    await stopProbeNetwork(network);
  });
});

/** Writes, a range of more than one batch, a chaincode error, private data. */
async function exercise({ operator, auditor }: ProbeNetwork): Promise<void> {
  const { contract } = operator;
  await Promise.all(Array.from({ length: 150 }, (_, index) => contract.submitTransaction('Put', `many-${index}`, '1')));
  await contract.submitTransaction('CountInto', 'many-', 'many-z', 'served');
  assert.equal(text(await auditor.contract.evaluateTransaction('Get', 'served')), '150');
  await contract.submit('PutPrivate', { arguments: ['p'], transientData: { value: 'secret' } });
  assert.equal(text(await contract.evaluateTransaction('GetPrivate', 'p')), 'secret');
  await assert.rejects(contract.evaluateTransaction('Fail', 'no way'), /chaincode response 500, no way/);
}

/** @param ready what the shim says, or the address at which it listens, once it can be used */
async function startShim(args: string[], ready: RegExp | string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [SHIM_CLI, ...args], {
    cwd: PROBE_CHAINCODE,
    env: { ...process.env, CORE_CHAINCODE_LOGGING_LEVEL: 'INFO' },
    stdio: ['ignore', typeof ready === 'string' ? 'ignore' : 'pipe', 'ignore'],
  });
  if (typeof ready === 'string') await listening(ready);
  else await said(child, ready);
  return child;
}

function said(child: ChildProcess, words: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      if (words.test(chunk.toString())) resolve();
    });
    child.once('exit', () => reject(new Error('the chaincode process ended')));
  });
}

async function listening(address: string): Promise<void> {
  const [host, port] = address.split(':');
  for (let attempt = 0; attempt < 200; attempt++) {
    const socket = connect(Number(port), host);
    const connected = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (connected) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nobody listens at ${address}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
