export { DefinitionError, loadDefinition } from './definition.js';
export type { Collection, ConsortiumDefinition, OrdererOrganization, PeerOrganization } from './definition.js';
