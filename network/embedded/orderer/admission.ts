import { common } from '@hyperledger/fabric-protos';
import type { Channel } from '../channel.js';
import { isChannelWriter, unsatisfied } from '../msp/channel-policies.js';
import type { MspIdentity } from '../msp/membership.js';
import { computeTxId } from '../wire/transaction-id.js';
import type { ReceivedEnvelope } from '../wire/received-envelope.js';
import type { EnvelopeParts } from '../wire/transaction.js';
import type { BroadcastAnswer } from './orderer.js';

const FORBIDDEN = { status: 'FORBIDDEN', info: `${unsatisfied('Writers')}: permission denied` } as const;

/**
 * What an envelope must be to be ordered: of bearable size, a transaction of this channel, signed by a member whose
 * certificate has not expired. And, as there is one process only: with its private data at hand, for what is committed
 * here without them could be had from nobody.
 */
export function admission(
  channel: Channel,
  absoluteMaxBytes: number,
  now = Date.now,
): (envelope: ReceivedEnvelope) => BroadcastAnswer {
  return (envelope) => {
    const { length } = envelope.bytes;
    if (length > absoluteMaxBytes)
      return badRequest(`message payload is ${length} bytes and exceeds maximum allowed ${absoluteMaxBytes} bytes`);
    let parts: EnvelopeParts;
    try {
      parts = envelope.parts;
    } catch {
      return badRequest('could not determine channel ID: envelope payload is malformed');
    }
    if (parts.channelId !== channel.channelId)
      return badRequest(`channel ${parts.channelId.slice(0, 128)} does not exist`);
    if (parts.headerType !== common.HeaderType.ENDORSER_TRANSACTION)
      return badRequest('only endorser transactions are ordered');
    let identity: MspIdentity;
    try {
      identity = envelope.creatorIn(channel.membership);
    } catch {
      return FORBIDDEN;
    }
    if (!isChannelWriter(identity, channel.applicationMspIds)) return FORBIDDEN;
    if (parts.txId !== computeTxId(parts.nonce, parts.creator))
      return badRequest('the transaction id is not computed properly');
    if (identity.notAfterMs < now()) return badRequest('broadcast client identity expired');
    return lacksPrivateData(channel, envelope)
      ? {
          status: 'SERVICE_UNAVAILABLE',
          info: 'the private data of the transaction are no longer at hand: endorse it again',
        }
      : { status: 'SUCCESS' };
  };
}

/** What is committed already is a duplicate, of which nothing will be written; that is asked last, as it is rare. */
function lacksPrivateData({ transientStore, ledger }: Channel, envelope: ReceivedEnvelope): boolean {
  let collections: string[];
  try {
    collections = envelope.rwset.flatMap((namespace) =>
      namespace.collections.filter(({ hashedWrites }) => hashedWrites.length > 0).map(({ collection }) => collection),
    );
  } catch {
    return false; // malformed: the validator will say how
  }
  if (collections.length === 0) return false;
  const { txId } = envelope.parts;
  const held = transientStore.hold(txId).map(({ collection }) => collection);
  return collections.some((collection) => !held.includes(collection)) && !ledger.transaction(txId);
}

function badRequest(info: string): BroadcastAnswer {
  return { status: 'BAD_REQUEST', info };
}
