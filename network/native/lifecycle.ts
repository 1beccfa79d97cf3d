import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isChannelPolicy } from '../definition/index.js';
import type { ConsortiumDefinition } from '../definition/index.js';
import { TLS_FILES } from '../identities/index.js';
import { ADDRESS_PLACEHOLDER } from './chaincode-builder.js';
import { servicePackage } from './chaincode-package.js';
import type { ChaincodePackage } from './chaincode-package.js';
import type { NativeLayout, PeerNode } from './layout.js';
import { endorserOptions, ordererOptions, peerCommand } from './peer-command.js';
import { ProgramError } from './programs.js';
import type { Programs } from './programs.js';

/** The chaincode's life on the channel: installed on each peer, approved by each organization, committed by all. */

const committed = z.object({
  chaincode_definitions: z.array(z.object({ name: z.string(), sequence: z.number().int() })).optional(),
});
const installed = z.object({ installed_chaincodes: z.array(z.object({ package_id: z.string() })).optional() });
/** What this command last committed, so that it can tell whether the definition has changed since. */
const deployment = z.strictObject({ sequence: z.number().int(), definition: z.string() });

/** The package of the peer's organization: every one of its peers installs the same. */
export function packageFor(layout: NativeLayout, peer: PeerNode, bundle: string): ChaincodePackage {
  const { name, version } = layout.definition.chaincode;
  return servicePackage(`${name}_${version}`, bundle, {
    address: ADDRESS_PLACEHOLDER,
    rootCertificatePem: readFileSync(join(peer.identity, 'tls', TLS_FILES.ca), 'utf8'),
  });
}

/** @returns the package's id. A peer that has the package is left alone. */
export async function install(programs: Programs, peer: PeerNode, { id, bytes }: ChaincodePackage): Promise<string> {
  const answer = await peerCommand(programs, peer, ['lifecycle', 'chaincode', 'queryinstalled', '--output', 'json']);
  const { installed_chaincodes: present = [] } = installed.parse(JSON.parse(answer));
  if (present.some((one) => one.package_id === id)) return id;
  mkdirSync(peer.chaincode.folder, { recursive: true, mode: 0o700 });
  const file = join(peer.chaincode.folder, 'package.tar.gz');
  writeFileSync(file, bytes, { mode: 0o600 });
  await peerCommand(programs, peer, ['lifecycle', 'chaincode', 'install', file]);
  return id;
}

/**
 * Approves the definition by every organization and commits it, if it is not what is committed already. A changed
 * version, policy or collection becomes the next sequence; the state stays.
 * @param packageIds by peer
 */
export async function agree(
  programs: Programs,
  layout: NativeLayout,
  packageIds: ReadonlyMap<PeerNode, string>,
): Promise<void> {
  const current = await committedSequence(programs, layout);
  const definition = digestOf(layout.definition.chaincode, [...packageIds.values()]);
  const known = readDeployment(layout.deployment);
  if (current > 0 && known?.sequence === current && known.definition === definition) return;
  await approveByAll(programs, layout, packageIds, current + 1);
  const options = definitionOptions(layout, current + 1);
  const [first, ...others] = onePerOrganization(layout);
  if (!first) return;
  const args = ['commit', ...options, ...endorserOptions([first, ...others])];
  await peerCommand(programs, first, ['lifecycle', 'chaincode', ...args]);
  writeFileSync(layout.deployment, JSON.stringify({ sequence: current + 1, definition }), { mode: 0o600 });
}

/** Each organization of the layout approves the definition, with the package that its peers have. */
export async function approveByAll(
  programs: Programs,
  layout: NativeLayout,
  packageIds: ReadonlyMap<PeerNode, string>,
  sequence: number,
): Promise<void> {
  const options = definitionOptions(layout, sequence);
  for (const peer of onePerOrganization(layout)) {
    const packageId = packageIds.get(peer) ?? '';
    await approve(programs, peer, [...options, '--package-id', packageId, ...endorserOptions([peer])]);
  }
}

/** An organization that approved this very definition before a crash has done its part. */
async function approve(programs: Programs, peer: PeerNode, options: string[]): Promise<void> {
  try {
    await peerCommand(programs, peer, ['lifecycle', 'chaincode', 'approveformyorg', ...options]);
  } catch (error) {
    if (!(error instanceof ProgramError && error.message.includes('unchanged content'))) throw error;
  }
}

/** 0: nothing is committed yet. */
export async function committedSequence(programs: Programs, { peers, definition }: NativeLayout): Promise<number> {
  const [peer] = peers;
  if (!peer) return 0;
  const { name } = definition.chaincode;
  const args = ['lifecycle', 'chaincode', 'querycommitted', '--channelID', definition.channel, '--output', 'json'];
  const answer = committed.parse(JSON.parse(await peerCommand(programs, peer, args)));
  return answer.chaincode_definitions?.find((one) => one.name === name)?.sequence ?? 0;
}

function definitionOptions(layout: NativeLayout, sequence: number): string[] {
  const { channel, chaincode } = layout.definition;
  const collections = join(layout.dir, 'channel', 'collections.json');
  writeFileSync(collections, JSON.stringify(collectionsConfig(layout.definition), null, 2), { mode: 0o600 });
  return [
    ...['--channelID', channel, '--name', chaincode.name, '--version', chaincode.version],
    ...['--sequence', String(sequence), policyOption(chaincode.endorsementPolicy), chaincode.endorsementPolicy],
    ...(chaincode.collections.length > 0 ? ['--collections-config', collections] : []),
    ...ordererOptions(layout),
  ];
}

function policyOption(policy: string): string {
  return isChannelPolicy(policy) ? '--channel-config-policy' : '--signature-policy';
}

/** Fabric's own form of the collections. */
export function collectionsConfig({ chaincode }: ConsortiumDefinition): object[] {
  return chaincode.collections.map(({ endorsementPolicy, ...collection }) => ({
    ...collection,
    ...(endorsementPolicy !== undefined && {
      endorsementPolicy: {
        [isChannelPolicy(endorsementPolicy) ? 'channelConfigPolicy' : 'signaturePolicy']: endorsementPolicy,
      },
    }),
  }));
}

function onePerOrganization({ peers }: NativeLayout): PeerNode[] {
  return peers.filter((peer) => peers.find((one) => one.mspId === peer.mspId) === peer);
}

function digestOf(chaincode: ConsortiumDefinition['chaincode'], packageIds: string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([chaincode, packageIds]))
    .digest('hex');
}

function readDeployment(file: string): z.output<typeof deployment> | undefined {
  if (!existsSync(file)) return undefined;
  return deployment.parse(JSON.parse(readFileSync(file, 'utf8')));
}
