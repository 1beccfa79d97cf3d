import { existsSync } from 'node:fs';
import { createOrganization } from '../identities/index.js';
import { CHAINCODE_CLIENT, organizationFolder } from './layout.js';
import type { NativeLayout } from './layout.js';

/** Makes the organizations that are not there yet; that of the orderers only where they run. */
export async function makeIdentities({ dir, definition }: NativeLayout): Promise<void> {
  const { organization, orderers } = definition.ordering;
  const requests = [
    ...definition.organizations.map((one) => ({ ...one, clients: [...one.clients, CHAINCODE_CLIENT] })),
    ...(orderers > 0 ? [{ ...organization, orderers }] : []),
  ];
  for (const request of requests) {
    const folder = organizationFolder(dir, request.name);
    if (!existsSync(folder)) await createOrganization(request, { dir: folder, demo: false });
  }
}
