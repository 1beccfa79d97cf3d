import { status } from '@grpc/grpc-js';
import type { Channel } from '../channel.js';
import { isApplicationReader, unsatisfied } from '../msp/channel-policies.js';
import { RpcError } from './rpc-error.js';

interface SignedRequest {
  getRequest_asU8(): Uint8Array;
  getSignature_asU8(): Uint8Array;
}

/** @throws {RpcError} PERMISSION_DENIED unless a member of the channel has signed the request */
export function checkRequestSignature(
  channel: Channel,
  { channelId, creator }: { channelId: string; creator: Uint8Array },
  signed: SignedRequest,
): void {
  if (channelId !== channel.channelId) {
    throw new RpcError(
      status.PERMISSION_DENIED,
      `Failed to get policy manager for channel [${channelId.slice(0, 128)}]`,
    );
  }
  try {
    const identity = channel.membership.verify(creator, [signed.getRequest_asU8()], signed.getSignature_asU8());
    if (identity.notAfterMs >= Date.now() && isApplicationReader(identity, channel.applicationMspIds)) return;
  } catch {
    // Falls through to the one answer for everyone who may not ask.
  }
  throw new RpcError(status.PERMISSION_DENIED, unsatisfied('Readers'));
}
