import { common, peer } from '@hyperledger/fabric-protos';
import type { Channel } from '../channel.js';
import { blockEnvelopes } from '../wire/block.js';
import { parseEnvelope } from '../wire/transaction.js';

/** The system chaincode of a peer's channels: (function, channel?); errors as a peer words them. */
export function cscc(args: readonly Uint8Array[], channel: Channel): Uint8Array {
  const [name = '', channelId = ''] = args.slice(0, 2).map((arg) => Buffer.from(arg).toString());
  switch (name) {
    case 'GetChannels':
      return getChannels(channel);
    case 'GetConfigBlock':
      return configBlock(channel, channelId);
    case 'GetChannelConfig':
      return getChannelConfig(channel, channelId);
    case 'JoinChain':
    case 'JoinChainBySnapshot':
    case 'JoinBySnapshotStatus':
      throw new Error(`${name} is not supported by the embedded network: it has the one channel it was started with`);
    default:
      throw new Error(`Requested function ${name} not found.`);
  }
}

function getChannels({ channelId }: Channel): Uint8Array {
  const info = new peer.ChannelInfo();
  info.setChannelId(channelId);
  const response = new peer.ChannelQueryResponse();
  response.setChannelsList([info]);
  return response.serializeBinary();
}

/** The configuration never changes: block 0 holds it. */
function configBlock({ channelId, ledger }: Channel, asked: string): Uint8Array {
  const block = asked === channelId ? ledger.blockByNumber(0n) : undefined;
  if (!block) throw new Error(`Unknown channel ID, ${asked.slice(0, 128)}`);
  return block.bytes;
}

function getChannelConfig(channel: Channel, asked: string): Uint8Array {
  const [envelope = new Uint8Array()] = blockEnvelopes(configBlock(channel, asked));
  const config = common.ConfigEnvelope.deserializeBinary(parseEnvelope(envelope).data).getConfig();
  return (config ?? new common.Config()).serializeBinary();
}
