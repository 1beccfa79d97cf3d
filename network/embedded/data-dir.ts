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

/** What is where in the data directory. */
export const organizationDir = (dataDir: string, organization: string): string =>
  join(dataDir, 'organizations', organization);
export const ledgerDir = (dataDir: string): string => join(dataDir, 'ledger');
export const profileDir = (dataDir: string, organization: string): string => join(dataDir, 'profiles', organization);

/** The keys and certificates of all organizations: made at the first start, loaded at later ones. */
export async function openMaterial(dataDir: string, definition: ConsortiumDefinition): Promise<ConsortiumMaterial> {
  for (const organization of organizationsOf(definition)) {
    const dir = organizationDir(dataDir, organization.name);
    if (!existsSync(dir)) await createOrganization(organization, { dir, demo: true });
  }
  return loadMaterial(dataDir, definition);
}

/** @throws {IdentitiesError} where an organization's folder is missing or not whole */
export function loadMaterial(dataDir: string, { organizations, ordering }: ConsortiumDefinition): ConsortiumMaterial {
  return {
    organizations: organizations.map(({ name }) => loadOrganization(organizationDir(dataDir, name))),
    orderer: loadOrganization(organizationDir(dataDir, ordering.organization.name)),
  };
}

function organizationsOf({ organizations, ordering }: ConsortiumDefinition): OrganizationRequest[] {
  return [...organizations, { ...ordering.organization, orderers: 1 }];
}
