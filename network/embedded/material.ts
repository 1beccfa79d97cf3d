import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ConsortiumDefinition } from '../definition/index.js';
import {
  createOrganization,
  loadOrganization,
  type OrganizationMaterial,
  type OrganizationRequest,
} from '../identities/index.js';

export interface ConsortiumMaterial {
  organizations: OrganizationMaterial[];
  orderer: OrganizationMaterial;
}

/** The keys and certificates of all organizations: made at the first start, loaded at later ones. */
export async function openMaterial(dir: string, definition: ConsortiumDefinition): Promise<ConsortiumMaterial> {
  const organizations: OrganizationMaterial[] = [];
  for (const organization of definition.organizations) organizations.push(await open(dir, organization));
  const orderer = await open(dir, { ...definition.ordering.organization, orderers: 1 });
  return { organizations, orderer };
}

async function open(dir: string, request: OrganizationRequest): Promise<OrganizationMaterial> {
  const folder = join(dir, request.name);
  return existsSync(folder) ? loadOrganization(folder) : createOrganization(request, { dir: folder, demo: true });
}
