export { isChannelPolicy } from './policy-language.js';
export { DefinitionError, loadDefinition, peerOrganization } from './definition.js';
export type { Collection, ConsortiumDefinition, OrdererOrganization, PeerOrganization } from './definition.js';
