import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authorityFile } from '../../identities/index.js';
import { organizationFolder } from '../layout.js';
import type { NativeLayout, PeerNode } from '../layout.js';
import { committedSequence } from '../lifecycle.js';
import { ordererOptions, peerCommand } from '../peer-command.js';
import type { Programs } from '../programs.js';
import { changeConfiguration } from './config-update.js';
import { describeOrganization } from './describe-organization.js';
import { joinRequest } from './exchange.js';
import type { Invitation, JoinRequest } from './exchange.js';
import { writeOnce } from './write-once.js';

/** The members' side: a change of the channel's configuration that a majority of their administrators signs. */

/**
 * The change that makes the organization a member, unsigned: an envelope that goes from administrator to administrator.
 * @param peer of the organization that proposes it. @throws {ProgramError}
 */
export function proposeMember(
  programs: Programs,
  layout: NativeLayout,
  peer: PeerNode,
  request: JoinRequest,
): Promise<Buffer> {
  const checked = joinRequest.parse(request);
  // Gateways check the newcomer's endorsements with it once it is a member.
  const { name } = checked.organization;
  writeOnce(authorityFile(organizationFolder(layout.dir, name), 'ca'), checked.caCertificate);
  return inFolder(async (work) => {
    const block = join(work, 'config.block');
    const { channel } = layout.definition;
    const fetch = ['channel', 'fetch', 'config', block, '--channelID', channel, ...ordererOptions(layout)];
    await peerCommand(programs, peer, fetch);
    const description = await describeOrganization(programs, work, checked);
    return changeConfiguration(programs, work, channel, checked.organization.mspId, description);
  });
}

/** Adds the signature of the peer's organization. */
export function signProposal(programs: Programs, peer: PeerNode, proposal: Buffer): Promise<Buffer> {
  return inFolder(async (work) => {
    const file = join(work, 'proposal.pb');
    writeFileSync(file, proposal);
    await peerCommand(programs, peer, ['channel', 'signconfigtx', '--file', file]);
    return readFileSync(file);
  });
}

/** Sends a proposal that enough organizations have signed; the peer's own signs it as well. @throws {ProgramError} */
export function submitProposal(
  programs: Programs,
  layout: NativeLayout,
  peer: PeerNode,
  proposal: Buffer,
): Promise<void> {
  return inFolder(async (work) => {
    const file = join(work, 'proposal.pb');
    writeFileSync(file, proposal);
    const target = ['--channelID', layout.definition.channel, ...ordererOptions(layout)];
    await peerCommand(programs, peer, ['channel', 'update', '--file', file, ...target]);
  });
}

/** What the new member needs. The definition that it approves is the consortium's next one, which it has a copy of. */
export async function invite(programs: Programs, layout: NativeLayout): Promise<Invitation> {
  const rootOf = (name: string): string =>
    readFileSync(authorityFile(organizationFolder(layout.dir, name), 'ca'), 'utf8');
  const { endpoint, caFile } = layout.ordererService;
  const { organizations, ordering } = layout.definition;
  return {
    version: 1,
    genesisBlock: readFileSync(layout.genesisBlock).toString('base64'),
    orderer: { endpoint, tlsCaCertificate: readFileSync(caFile, 'utf8') },
    roots: Object.fromEntries(
      [...organizations, ordering.organization].map(({ name, mspId }) => [mspId, rootOf(name)]),
    ),
    sequence: (await committedSequence(programs, layout)) + 1,
  };
}

async function inFolder<Result>(body: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'audit-join-'));
  try {
    return await body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
