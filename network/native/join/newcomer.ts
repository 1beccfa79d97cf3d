import type { ConsortiumDefinition, PeerOrganization } from '../../definition/index.js';
import { authorityFile, loadOrganization } from '../../identities/index.js';
import { chaincodeService } from '../chaincode-service.js';
import { joinPeers } from '../channel.js';
import { organizationFolder } from '../layout.js';
import type { NativeLayout, PeerNode } from '../layout.js';
import { approveByAll, install, packageFor } from '../lifecycle.js';
import { makeIdentities } from '../make-identities.js';
import type { NativeOptions } from '../native-network.js';
import { startPeers } from '../nodes.js';
import { ordererCaFile, ordererEndpointFile, partOf } from '../part.js';
import { startProcess } from '../processes.js';
import { writeProfile } from '../profile.js';
import { untilEndorsing } from '../readiness.js';
import { createLayout } from '../settings.js';
import { until } from '../until.js';
import { invitation } from './exchange.js';
import type { Invitation, JoinRequest } from './exchange.js';
import { writeOnce } from './write-once.js';

/** The side of the organization that joins: a folder of its own, in which its keys are made and stay. */

/**
 * Makes the organization's identities.
 * @param options with the consortium's next definition, in which the organization is a member.
 * @returns what the members need to know
 */
export async function requestToJoin(options: NativeOptions, organization: PeerOrganization): Promise<JoinRequest> {
  const layout = await openOwn(options, organization);
  await makeIdentities(layout);
  const { caCertificatePem, tlsCaCertificatePem } = loadOrganization(organizationFolder(layout.dir, organization.name));
  return {
    version: 1,
    organization,
    caCertificate: caCertificatePem,
    tlsCaCertificate: tlsCaCertificatePem,
    peers: layout.peers.map(({ host, port }) => ({ host, port })),
  };
}

/** Starts its peers, brings them up to date, and approves the contract that the members offer. */
export async function acceptInvitation(
  options: NativeOptions,
  organization: PeerOrganization,
  invited: Invitation,
): Promise<void> {
  const { programs, bundle } = options;
  const { sequence, ...rest } = invitation.parse(invited);
  writeInvitation(await openOwn(options, organization), options.definition, rest);
  const layout = await openMember(options, organization);
  await startPeers(programs, layout, options.couchDb);
  await joinPeers(programs, layout);
  const packageIds = new Map<PeerNode, string>();
  for (const peer of layout.peers) {
    const packageId = await install(programs, peer, packageFor(layout, peer, bundle));
    packageIds.set(peer, packageId);
    startProcess(chaincodeService(layout, peer, bundle, packageId));
  }
  // Its peer takes it for a stranger until it has read the chain up to the block that made it a member.
  await until(`${organization.name} is no member of the channel`, () =>
    approveByAll(programs, layout, packageIds, sequence),
  );
}

/** Waits until the members have committed the contract. @returns the connection profile of its gateway */
export async function completeJoin(options: NativeOptions, organization: PeerOrganization): Promise<string> {
  const layout = await openMember(options, organization);
  await untilEndorsing(layout);
  return writeProfile(layout, organization, 'native');
}

/** Its own nodes, as part of the whole consortium. */
export async function openMember(options: NativeOptions, organization: PeerOrganization): Promise<NativeLayout> {
  return { ...(await openOwn(options, organization)), definition: options.definition };
}

/** Its own part of the network: no orderers, nobody else's peers. */
function openOwn(options: NativeOptions, organization: PeerOrganization): Promise<NativeLayout> {
  const { dir, definition, basePort, couchDb } = options;
  return createLayout(dir, partOf(definition, [organization]), basePort, { couchDb });
}

/** Writes down what the members have sent; whom it trusts already, it goes on to trust. */
function writeInvitation(
  layout: NativeLayout,
  { organizations, ordering }: ConsortiumDefinition,
  { genesisBlock, orderer, roots }: Omit<Invitation, 'sequence'>,
): void {
  writeOnce(layout.genesisBlock, Buffer.from(genesisBlock, 'base64'));
  writeOnce(ordererCaFile(layout), orderer.tlsCaCertificate);
  writeOnce(ordererEndpointFile(layout), orderer.endpoint);
  for (const { name, mspId } of [...organizations, ordering.organization]) {
    const root = roots[mspId];
    if (root !== undefined) writeOnce(authorityFile(organizationFolder(layout.dir, name), 'ca'), root);
  }
}
