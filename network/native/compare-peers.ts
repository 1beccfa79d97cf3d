import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { common } from '@hyperledger/fabric-protos';
import { z } from 'zod';
import type { NativeLayout, PeerNode } from './layout.js';
import { peerCommand } from './peer-command.js';
import { ProgramError } from './programs.js';
import type { Programs } from './programs.js';

const chainInfo = z.object({ height: z.number().int().min(1) });

/**
 * Asks every peer for its height, and for the last block that all of them have. Its header covers all blocks before it,
 * its commit hash all that peers found valid and wrote: peers with the same of both have the same ledger up to there.
 * @returns the height of each peer that answers, and what does not hold
 */
export async function comparePeers(
  programs: Programs,
  { peers, definition: { channel } }: NativeLayout,
): Promise<{ heights: Record<string, number>; findings: string[] }> {
  const heights = new Map<PeerNode, number>();
  const findings: string[] = [];
  for (const peer of peers) {
    try {
      heights.set(peer, await readHeight(programs, peer, channel));
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error;
      findings.push(`${peer.name} cannot be asked: ${error.message}`);
    }
  }
  const last = Math.min(...heights.values()) - 1;
  const blocks = new Map<string, common.Block>();
  for (const peer of heights.keys()) blocks.set(peer.name, await readBlock(programs, peer, channel, last));
  findings.push(...differences(blocks));
  return { heights: Object.fromEntries([...heights].map(([{ name }, height]) => [name, height])), findings };
}

/** @param blocks of one number, by the name of the peer. @returns who does not have what the first one has */
export function differences(blocks: ReadonlyMap<string, common.Block>): string[] {
  const [first, ...others] = blocks;
  if (!first) return [];
  const [name, block] = first;
  const number = block.getHeader()?.getNumber() ?? 0;
  return others.flatMap(([other, its]) => {
    if (headerOf(its) !== headerOf(block))
      return [`${name} and ${other} have different blocks, at ${number} or before`];
    if (outcomeOf(its) === outcomeOf(block)) return [];
    return [`${name} and ${other} have the same blocks up to ${number}, but do not agree on what is valid or written`];
  });
}

function headerOf(block: common.Block): string {
  return Buffer.from(block.getHeader()?.serializeBinary() ?? '').toString('hex');
}

/** The flags of the block's transactions, and the commit hash. */
function outcomeOf(block: common.Block): string {
  const metadata = block.getMetadata()?.getMetadataList_asU8() ?? [];
  const { TRANSACTIONS_FILTER, COMMIT_HASH } = common.BlockMetadataIndex;
  return [TRANSACTIONS_FILTER, COMMIT_HASH]
    .map((index) => Buffer.from(metadata[index] ?? '').toString('hex'))
    .join('.');
}

async function readHeight(programs: Programs, peer: PeerNode, channel: string): Promise<number> {
  const answer = await peerCommand(programs, peer, ['channel', 'getinfo', '--channelID', channel]);
  return chainInfo.parse(JSON.parse(answer.slice(answer.indexOf('{')))).height;
}

async function readBlock(programs: Programs, peer: PeerNode, channel: string, number: number): Promise<common.Block> {
  const folder = mkdtempSync(join(tmpdir(), 'block-'));
  try {
    const file = join(folder, 'block.pb');
    await peerCommand(programs, peer, ['channel', 'fetch', String(number), file, '--channelID', channel]);
    return common.Block.deserializeBinary(readFileSync(file));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
