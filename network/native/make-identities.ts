import { existsSync } from 'node:fs';
import { createOrganization } from '../identities/index.js';
import { CHAINCODE_CLIENT, organizationFolder } from './layout.js';
import type { NativeLayout } from './layout.js';

/** Makes the organizations that are not there yet. */
export async function makeIdentities({ dir, definition }: NativeLayout): Promise<void> {
  const { organization, orderers } = definition.ordering;
  const requests = [
    ...definition.organizations.map((one) => ({ ...one, clients: [...one.clients, CHAINCODE_CLIENT] })),
    { ...organization, orderers },
  ];
  for (const request of requests) {
    const folder = organizationFolder(dir, request.name);
    if (!existsSync(folder)) await createOrganization(request, { dir: folder, demo: false });
  }
}
