import { peer } from '@hyperledger/fabric-protos';
import type { Channel } from '../channel.js';
import { LIFECYCLE } from '../wire/lifecycle-state.js';
import { cscc } from './cscc.js';
import { lifecycleQueries } from './lifecycle.js';
import { qscc } from './qscc.js';

/** Answers a call, or throws what the caller is told. */
type SystemChaincode = (args: readonly Uint8Array[], channel: Channel) => Uint8Array;

const SYSTEM_CHAINCODES: ReadonlyMap<string, SystemChaincode> = new Map([
  ['qscc', qscc],
  ['cscc', cscc],
  [LIFECYCLE, lifecycleQueries],
]);

export const SYSTEM_CHAINCODE_VERSION = 'syscc';

export function isSystemChaincode(name: string): boolean {
  return SYSTEM_CHAINCODES.has(name);
}

/** The response of a system chaincode: status 200, or 500 with the reason. */
export function invokeSystemChaincode(name: string, args: readonly Uint8Array[], channel: Channel): peer.Response {
  const response = new peer.Response();
  try {
    const invoke = SYSTEM_CHAINCODES.get(name);
    if (!invoke) throw new Error(`chaincode ${name} not found`);
    response.setPayload(invoke(args, channel));
    response.setStatus(200);
  } catch (error) {
    response.setStatus(500);
    response.setMessage(error instanceof Error ? error.message : 'failed');
  }
  return response;
}
