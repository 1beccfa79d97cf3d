import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createPrivateKey } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, credentials } from '@grpc/grpc-js';
import {
  connect,
  hash,
  signers,
  type Contract,
  type Gateway,
  type Identity,
  type Signer,
} from '@hyperledger/fabric-gateway';
import { after, before } from 'mocha';
import { z } from 'zod';
import {
  startEmbeddedNetwork,
  type EmbeddedNetwork,
  type EmbeddedNetworkOptions,
} from '../../network/embedded/index.js';
import { checkLedger } from './check-ledger.js';

export const PROBE_CHAINCODE = fileURLToPath(new URL('../../../test/fixtures/probe-chaincode', import.meta.url));
export const CHANNEL = 'audit';
export const CHAINCODE = 'audit';

const profile = z.object({
  msp_id: z.string(),
  identity: z.object({ certificate: z.string(), private_key: z.string() }),
  peers: z.tuple([z.object({ endpoint: z.string() })]),
});

/** One organization's client: the real one, connected to its own peer. */
export interface ProbeClient {
  gateway: Gateway;
  contract: Contract;
  qscc: Contract;
  /** The gRPC client underneath. */
  grpc: Client;
  identity: Identity;
  sign: Signer;
  close(): void;
}

export interface ProbeNetwork {
  dataDir: string;
  network: EmbeddedNetwork;
  operator: ProbeClient;
  partner: ProbeClient;
  auditor: ProbeClient;
}

/** An embedded network with the probe contract for the tests of a file; its ledger is verified when they are done. */
export function useProbeNetwork(options: Partial<EmbeddedNetworkOptions> = {}): () => ProbeNetwork {
  let probe: ProbeNetwork | undefined;
  before(async function () {
    this.timeout(60_000);
    probe = await startProbeNetwork(newDataDir(), options);
  });
  after(async () => {
    if (!probe) return;
    await stopProbeNetwork(probe);
    await checkLedger(probe.dataDir);
    rmSync(probe.dataDir, { recursive: true });
  });
  return () => {
    if (!probe) throw new Error('the network is not running');
    return probe;
  };
}

export function newDataDir(): string {
  return mkdtempSync(join(tmpdir(), 'probe-network-'));
}

export async function startProbeNetwork(
  dataDir: string,
  options: Partial<EmbeddedNetworkOptions> = {},
): Promise<ProbeNetwork> {
  const network = await startEmbeddedNetwork({
    dataDir,
    chaincodePackageDir: PROBE_CHAINCODE,
    simulate: 'each',
    values: 'couchdb',
    ...options,
  });
  const clientOf = (organization: string): ProbeClient => connectClient(network.profiles[organization] ?? '');
  return {
    dataDir,
    network,
    operator: clientOf('operator'),
    partner: clientOf('partner'),
    auditor: clientOf('auditor'),
  };
}

export async function stopProbeNetwork({ network, operator, partner, auditor }: ProbeNetwork): Promise<void> {
  for (const client of [operator, partner, auditor]) client.close();
  await network.close();
}

/** A client as the profile describes it; `material` replaces its identity, `ofMsp` its organization. */
export function connectClient(
  profilePath: string,
  material?: { certificatePem: string; privateKeyPem: string },
  ofMsp?: string,
): ProbeClient {
  const { msp_id: ownMsp, identity: files, peers } = profile.parse(JSON.parse(readFileSync(profilePath, 'utf8')));
  const mspId = ofMsp ?? ownMsp;
  const read = (file: string): string => readFileSync(join(dirname(profilePath), file), 'utf8');
  const certificatePem = material?.certificatePem ?? read(files.certificate);
  const sign = signers.newPrivateKeySigner(createPrivateKey(material?.privateKeyPem ?? read(files.private_key)));
  const identity = { mspId, credentials: Buffer.from(certificatePem) };
  const grpc = new Client(peers[0].endpoint, credentials.createInsecure());
  const gateway = connect({ client: grpc, identity, signer: sign, hash: hash.sha256 });
  const network = gateway.getNetwork(CHANNEL);
  return {
    gateway,
    contract: network.getContract(CHAINCODE),
    qscc: network.getContract('qscc'),
    grpc,
    identity,
    sign,
    close: () => {
      gateway.close();
      grpc.close();
    },
  };
}

export function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
