import type { peer } from '@hyperledger/fabric-protos';
import type { Channel } from '../channel.js';
import { qscc } from './qscc.js';

type SystemChaincode = (args: readonly Uint8Array[], channel: Channel) => peer.Response;

export const SYSTEM_CHAINCODES: ReadonlyMap<string, SystemChaincode> = new Map([['qscc', qscc]]);
export const SYSTEM_CHAINCODE_VERSION = 'syscc';
