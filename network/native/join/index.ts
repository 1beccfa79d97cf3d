export type { Invitation, JoinRequest } from './exchange.js';
export { invite, proposeMember, signProposal, submitProposal } from './members.js';
export { acceptInvitation, completeJoin, requestToJoin } from './newcomer.js';
