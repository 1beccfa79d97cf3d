import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before } from 'mocha';
import { identityFolder } from '../../network/identities/index.js';
import { findPrograms, runProgram } from '../../network/native/programs.js';
import { writeYaml } from '../../network/native/yaml-file.js';
import { checkLedger } from '../support/check-ledger.js';
import { newDataDir, startProbeNetwork, stopProbeNetwork } from '../support/probe-network.js';
import type { ProbeNetwork } from '../support/probe-network.js';

type Program = 'peer' | 'configtxlator' | 'configtxgen' | 'ledgerutil';

/** An embedded network, and Fabric's own programs as they would be used on it. */
export class JudgedNetwork {
  private constructor(
    readonly probe: ProbeNetwork,
    readonly endpoints: Record<'operator' | 'partner' | 'auditor', string>,
    /** For what the programs write. */
    readonly work: string,
  ) {}

  static async start(): Promise<JudgedNetwork> {
    const dataDir = newDataDir();
    const work = join(dataDir, 'work');
    mkdirSync(work);
    writeYaml(join(work, 'core.yaml'), {
      peer: { localMspType: 'bccsp', BCCSP: { Default: 'SW', SW: { Hash: 'SHA2', Security: 256 } } },
    });
    const probe = await startProbeNetwork(dataDir);
    const endpointOf = (organization: string): string => {
      const profile: unknown = JSON.parse(readFileSync(probe.network.profiles[organization] ?? '', 'utf8'));
      return (profile as { peers: [{ endpoint: string }] }).peers[0].endpoint;
    };
    const endpoints = {
      operator: endpointOf('operator'),
      partner: endpointOf('partner'),
      auditor: endpointOf('auditor'),
    };
    return new JudgedNetwork(probe, endpoints, work);
  }

  /** The `peer` program as the operator's administrator, against the operator's peer. @returns its standard output */
  peer(...args: string[]): Promise<string> {
    const organization = join(this.probe.dataDir, 'organizations', 'operator');
    return this.run('peer', args, {
      FABRIC_CFG_PATH: this.work,
      CORE_PEER_LOCALMSPID: 'OperatorMSP',
      CORE_PEER_MSPCONFIGPATH: join(identityFolder(organization, 'admin', 'admin@operator.example'), 'msp'),
      CORE_PEER_ADDRESS: this.endpoints.operator,
    });
  }

  /** A block as `peer channel fetch` gives it, and `configtxlator` reads it. */
  async fetchDecoded(which: string, from: 'peer' | 'orderer' = 'orderer'): Promise<DecodedBlock> {
    const file = join(this.work, `${which}-${from}.block`);
    const orderer = from === 'orderer' ? ['-o', this.endpoints.operator] : [];
    await this.peer('channel', 'fetch', which, file, ...orderer, '-c', 'audit');
    return this.decode(file);
  }

  async decode(file: string, type = 'common.Block'): Promise<DecodedBlock> {
    const output = `${file}.json`;
    await this.run('configtxlator', ['proto_decode', '--type', type, '--input', file, '--output', output]);
    return JSON.parse(readFileSync(output, 'utf8')) as DecodedBlock;
  }

  decodeBytes(type: string, base64: string): Promise<unknown> {
    const file = join(this.work, `${type}.bin`);
    writeFileSync(file, Buffer.from(base64, 'base64'));
    return this.decode(file, type);
  }

  run(program: Program, args: string[], env: Record<string, string> = {}): Promise<string> {
    const programs = findPrograms() ?? assert.fail("Fabric's programs are not here");
    return runProgram(join(dirname(programs.peer), program), args, env);
  }

  stop(): Promise<void> {
    return stopProbeNetwork(this.probe);
  }
}

/** A block as `configtxlator` prints it. */
export interface DecodedBlock {
  header: { number: string };
  data: { data: { payload: { header: unknown; data: unknown } }[] };
  metadata: { metadata: string[] };
}

export function useJudgedNetwork(): () => JudgedNetwork {
  let network: JudgedNetwork | undefined;
  before(async function () {
    this.timeout(60_000);
    network = await JudgedNetwork.start();
  });
  after(async () => {
    if (!network) return;
    await network.stop();
    await checkLedger(network.probe.dataDir);
    rmSync(network.probe.dataDir, { recursive: true });
  });
  return () => network ?? assert.fail('the network is not running');
}
