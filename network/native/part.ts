import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConsortiumDefinition, PeerOrganization } from '../definition/index.js';
import type { NativeLayout } from './layout.js';

/** One organization's part of a network, in a folder of its own: the orderers and the other members are elsewhere. */

export const isPart = ({ orderers }: Pick<NativeLayout, 'orderers'>): boolean => orderers.length === 0;

/** The definition of what is in such a folder. */
export function partOf(definition: ConsortiumDefinition, organizations: PeerOrganization[]): ConsortiumDefinition {
  return { ...definition, organizations, ordering: { ...definition.ordering, orderers: 0 } };
}

/** What the members have said of an orderer is kept here. */
export const ordererEndpointFile = ({ dir }: NativeLayout): string => join(dir, 'channel', 'orderer-endpoint');
export const ordererCaFile = ({ dir }: NativeLayout): string => join(dir, 'channel', 'orderer-tlsca.pem');

/** The layout with that orderer, once the organization was invited. */
export function withForeignOrderer(layout: NativeLayout): NativeLayout {
  if (!existsSync(ordererEndpointFile(layout))) return layout;
  const endpoint = readFileSync(ordererEndpointFile(layout), 'utf8');
  return { ...layout, ordererService: { endpoint, caFile: ordererCaFile(layout) } };
}
