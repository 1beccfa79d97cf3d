export { DEMO_EXTENSION, DEMO_WORDS } from './demo-marks.js';
export { authorityFile, identityFolder, nodeOusConfig, organizationMspFolder, TLS_FILES } from './layout.js';
export type { Role } from './layout.js';
export { createOrganization, IdentitiesError, loadOrganization, renewIdentities } from './organization.js';
export type { Identity, OrganizationMaterial, OrganizationRequest } from './organization.js';
