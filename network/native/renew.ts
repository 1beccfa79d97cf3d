import { resolve } from 'node:path';
import { renewIdentities } from '../identities/index.js';
import { chaincodeService } from './chaincode-service.js';
import { assertOneForEach } from './couchdb.js';
import { HOST, organizationFolder } from './layout.js';
import type { NativeLayout, OrdererNode } from './layout.js';
import { install, packageFor } from './lifecycle.js';
import type { NativeOptions } from './native-network.js';
import { startOrderers, startPeers } from './nodes.js';
import { isPart } from './part.js';
import { startProcess, stopProcess } from './processes.js';
import { ProgramError } from './programs.js';
import { untilEndorsing } from './readiness.js';
import { openLayout } from './settings.js';
import { until } from './until.js';

/**
 * New certificates under the same authorities, while the old ones still hold: first those of clients and
 * administrators, which running gateways find by themselves; then node after node, each restarted with its own.
 * @param organization by its name; none: all whose nodes are here, with the orderers'. @throws {ProgramError}
 */
export async function renew(options: NativeOptions, organization?: string): Promise<void> {
  const layout = openLayout(resolve(options.dir), options.definition);
  const { organizations, ordering } = layout.definition;
  const here = isPart(layout) ? organizations : [...organizations, ordering.organization];
  const owners = here.filter(({ name }) => organization === undefined || name === organization);
  if (owners.length === 0) throw new ProgramError(`${organization ?? ''} is no organization of ${layout.dir}`);
  assertOneForEach(layout, options.couchDb ?? []);
  options.onPhase?.('clients and administrators');
  for (const { name } of owners) {
    await renewIdentities(organizationFolder(layout.dir, name), (role) => role === 'client' || role === 'admin');
  }
  const isOwned = ({ mspId }: { mspId: string }): boolean => owners.some((one) => one.mspId === mspId);
  await renewOrderers(options, { ...layout, orderers: layout.orderers.filter(isOwned) });
  await renewPeers(options, layout, isOwned);
}

async function renewOrderers({ programs, onPhase }: NativeOptions, layout: NativeLayout): Promise<void> {
  const { name } = layout.definition.ordering.organization;
  for (const orderer of layout.orderers) {
    onPhase?.(orderer.name);
    await renewIdentities(organizationFolder(layout.dir, name), (_, node) => node === orderer.name);
    await stopProcess(orderer.folder);
    await startOrderers(programs, { ...layout, orderers: [orderer] });
    await until(`${orderer.name} finds no leader`, () => assertLed(orderer));
  }
}

async function renewPeers(
  { programs, bundle, couchDb, onPhase }: NativeOptions,
  layout: NativeLayout,
  isOwned: (peer: { mspId: string }) => boolean,
): Promise<void> {
  for (const peer of layout.peers.filter(isOwned)) {
    onPhase?.(peer.name);
    const folder = organizationFolder(layout.dir, peer.organization.name);
    await renewIdentities(folder, (_, name) => name === peer.name);
    await stopProcess(peer.folder);
    await startPeers(programs, layout, couchDb);
    const ask = () => install(programs, peer, packageFor(layout, peer, bundle));
    const packageId = await until(`${peer.name} cannot be administered`, ask);
    await stopProcess(peer.chaincode.folder);
    startProcess(chaincodeService(layout, peer, bundle, packageId));
    await untilEndorsing(layout);
  }
}

/** The next orderer must not go before this one is back: a majority has to stand. */
async function assertLed({ operationsPort }: OrdererNode): Promise<void> {
  const metrics = await (await fetch(`http://${HOST}:${operationsPort}/metrics`)).text();
  if (!LED.some((metric) => metric.test(metrics))) throw new Error('no leader yet');
}

/** Raft counts the nodes that it hears of, itself included; BFT names its leader. */
const LED = [/^consensus_etcdraft_active_nodes\{[^}]*\} [1-9]/m, /^consensus_BFT_leader_id\{[^}]*\} [1-9]/m];
