import { z } from 'zod';
import type { NativeLayout, PeerNode } from './layout.js';
import { peerCommand } from './peer-command.js';
import type { Programs } from './programs.js';

const chainInfo = z.object({ height: z.number().int(), currentBlockHash: z.string() });

/**
 * Asks every peer for the end of its chain. Peers at the same height must have the same last block, and a block's hash
 * covers all blocks before it.
 * @returns each peer's height, and what does not hold
 */
export async function comparePeers(
  programs: Programs,
  { peers, definition }: NativeLayout,
): Promise<{ heights: Record<string, number>; findings: string[] }> {
  const heights: Record<string, number> = {};
  const hashes = new Map<number, { hash: string; peer: string }>();
  const findings: string[] = [];
  for (const peer of peers) {
    const { height, currentBlockHash: hash } = await readChainInfo(programs, peer, definition.channel);
    heights[peer.name] = height;
    const other = hashes.get(height);
    if (other && other.hash !== hash) findings.push(`${peer.name} and ${other.peer} differ before height ${height}`);
    else hashes.set(height, { hash, peer: peer.name });
  }
  return { heights, findings };
}

async function readChainInfo(programs: Programs, peer: PeerNode, channel: string): Promise<z.output<typeof chainInfo>> {
  const answer = await peerCommand(programs, peer, ['channel', 'getinfo', '--channelID', channel]);
  return chainInfo.parse(JSON.parse(answer.slice(answer.indexOf('{'))));
}
