import { AuditContract } from './audit-contract.js';

/** What fabric-shim looks for in a chaincode package. */
export const contracts = [AuditContract];
