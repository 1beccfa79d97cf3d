import { AuditContract } from './audit-contract.js';
import { listenToPeers } from './shim/peer-batches.js';

listenToPeers();

/** What fabric-shim looks for in a chaincode package. */
export const contracts = [AuditContract];
