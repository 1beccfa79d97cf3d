import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TLS_FILES } from '../identities/index.js';
import { PROFILE, configtx } from './configtx.js';
import { HOST } from './layout.js';
import type { NativeLayout, OrdererNode, PeerNode } from './layout.js';
import { peerCommand } from './peer-command.js';
import { ProgramError, runProgram } from './programs.js';
import type { Programs } from './programs.js';
import { until } from './until.js';
import { writeYaml } from './yaml-file.js';

/** Makes the channel's first block, once: another one would be another channel. */
export async function createGenesisBlock(programs: Programs, layout: NativeLayout): Promise<void> {
  const { configtx: file, genesisBlock, definition } = layout;
  if (existsSync(genesisBlock)) return;
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeYaml(file, configtx(layout));
  const profile = ['-profile', PROFILE, '-channelID', definition.channel];
  await runProgram(programs.configtxgen, ['-configPath', folder, ...profile, '-outputBlock', genesisBlock], {});
}

/** All at once: they look for one another. Orderers that are in the channel already stay as they are. */
export async function joinOrderers(programs: Programs, layout: NativeLayout): Promise<void> {
  await Promise.all(layout.orderers.map((orderer) => joinOrderer(programs, layout, orderer)));
}

/** Peers that are in the channel already stay as they are. */
export async function joinPeers(programs: Programs, layout: NativeLayout): Promise<void> {
  for (const peer of layout.peers) {
    // A peer says that it is well before it can be called.
    const ask = () => isInChannel(programs, peer, layout.definition.channel);
    if (await until(`${peer.name} cannot be administered`, ask)) continue;
    await peerCommand(programs, peer, ['channel', 'join', '--blockpath', layout.genesisBlock]);
  }
}

async function joinOrderer(programs: Programs, layout: NativeLayout, orderer: OrdererNode): Promise<void> {
  // An orderer says that it is well before its administration port is open.
  const current = await until(`${orderer.name} cannot be administered`, () =>
    osnadmin(programs, layout, orderer, 'list', []),
  );
  if (isStatus(current, 200)) return;
  const answer = await osnadmin(programs, layout, orderer, 'join', ['--config-block', layout.genesisBlock]);
  if (!isStatus(answer, 201)) throw new ProgramError(`${orderer.name} did not join the channel: ${answer.trim()}`);
}

function osnadmin(
  programs: Programs,
  { definition, ordererAdmin }: NativeLayout,
  orderer: OrdererNode,
  action: 'list' | 'join',
  args: string[],
): Promise<string> {
  const tlsFile = (kind: keyof typeof TLS_FILES): string => join(ordererAdmin, 'tls', TLS_FILES[kind]);
  const address = ['--orderer-address', `${HOST}:${orderer.adminPort}`, '--ca-file', tlsFile('ca')];
  const identity = ['--client-cert', tlsFile('certificate'), '--client-key', tlsFile('privateKey')];
  const command = ['channel', action, '--channelID', definition.channel, ...args];
  return runProgram(programs.osnadmin, [...command, ...address, ...identity], {});
}

/** The program ends with 0 whatever the orderer answers; the status is in its words. */
function isStatus(answer: string, status: number): boolean {
  return answer.includes(`Status: ${status}`);
}

async function isInChannel(programs: Programs, peer: PeerNode, channel: string): Promise<boolean> {
  const answer = await peerCommand(programs, peer, ['channel', 'list']);
  return answer.split('\n').some((line) => line.trim() === channel);
}
