import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeOusConfig } from '../../identities/index.js';
import { organization } from '../configtx.js';
import { runProgram } from '../programs.js';
import type { Programs } from '../programs.js';
import { writeYaml } from '../yaml-file.js';
import type { JoinRequest } from './exchange.js';

/** The organization as the channel's configuration has it: its authorities, its policies, where its peers are. */
export async function describeOrganization(programs: Programs, work: string, request: JoinRequest): Promise<unknown> {
  const msp = join(work, 'msp');
  for (const folder of ['cacerts', 'tlscacerts']) mkdirSync(join(msp, folder), { recursive: true });
  writeFileSync(join(msp, 'cacerts', 'ca-cert.pem'), request.caCertificate);
  writeFileSync(join(msp, 'tlscacerts', 'tlsca-cert.pem'), request.tlsCaCertificate);
  writeFileSync(join(msp, 'config.yaml'), nodeOusConfig());
  const { mspId } = request.organization;
  const entry = {
    ...organization(msp, mspId, ['admin', 'client']),
    AnchorPeers: request.peers.map(({ host, port }) => ({ Host: host, Port: port })),
  };
  writeYaml(join(work, 'configtx.yaml'), { Organizations: [entry] });
  return JSON.parse(await runProgram(programs.configtxgen, ['-configPath', work, '-printOrg', mspId], {}));
}
