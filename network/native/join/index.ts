export { invitation, joinRequest } from './exchange.js';
export type { Invitation, JoinRequest } from './exchange.js';
export { invite, proposeMember, signProposal, submitProposal } from './members.js';
export { acceptInvitation, completeJoin, openMember, requestToJoin } from './newcomer.js';
