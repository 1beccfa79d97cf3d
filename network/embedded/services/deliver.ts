import type {
  handleBidiStreamingCall,
  ServerDuplexStream,
  ServiceDefinition,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { common, orderer } from '@hyperledger/fabric-protos';
import type { Channel } from '../channel.js';
import type { CommitFeed } from '../committer/commit-feed.js';
import type { CommittedBlock } from '../ledger/types.js';
import type { MspIdentity } from '../msp/membership.js';
import { envelopeParts } from '../wire/transaction.js';
import { CancelledError, cancellation, send } from './call.js';
import { blockResponse, filteredResponse, privateDataResponse, statusResponse } from './deliver-responses.js';
import { RpcError } from './rpc-error.js';

type DeliverStream = ServerDuplexStream<common.Envelope, Uint8Array>;
type Handler = handleBidiStreamingCall<common.Envelope, Uint8Array>;
type ResponseOf = (block: CommittedBlock, reader: MspIdentity) => Uint8Array;

const { Status } = common;
type Status = common.StatusMap[keyof common.StatusMap];

/** Where blocks come from. */
export interface BlockSource {
  channel: Channel;
  feed: CommitFeed;
  log: (line: string) => void;
}

interface Seek {
  reader: MspIdentity;
  start: bigint;
  stop: bigint;
  failIfNotReady: boolean;
}

/** The request cannot be served; the status ends the stream. */
class SeekRefused extends Error {
  constructor(readonly status: Status) {
    super();
  }
}

/** protos.Deliver of a peer: blocks in full, filtered, or with the private data that the reader may see. */
export function deliverService(source: BlockSource): UntypedServiceImplementation {
  const handler =
    (responseOf: ResponseOf): Handler =>
    (stream) =>
      serve(source, stream, responseOf);
  return {
    deliver: handler(({ bytes }) => blockResponse(bytes)),
    deliverFiltered: handler((block) => filteredResponse(source.channel.channelId, block)),
    deliverWithPrivateData: handler((block, reader) => privateDataResponse(source.channel, block, reader)),
  };
}

/** orderer.AtomicBroadcast.Deliver: the same as the peer's, in full. */
export function ordererDeliver(source: BlockSource): Handler {
  return (stream) => serve(source, stream, ({ bytes }) => blockResponse(bytes));
}

/** Responses are written as bytes, so that a block goes out as it was committed. */
export function withRawResponses(definition: ServiceDefinition, ...methods: string[]): ServiceDefinition {
  return Object.fromEntries(
    Object.entries(definition).map(([name, method]) => [
      name,
      methods.includes(name)
        ? {
            ...method,
            responseSerialize: (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
          }
        : method,
    ]),
  );
}

/** Seek requests one after the other; the client may close its side and go on reading. */
function serve(source: BlockSource, stream: DeliverStream, responseOf: ResponseOf): void {
  const { log } = source;
  const signal = cancellation(stream);
  let work = Promise.resolve();
  stream.on('data', (envelope: common.Envelope) => {
    work = work.then(() => answer(source, stream, { envelope, responseOf, signal }));
    work.catch((error: unknown) => {
      if (!(error instanceof CancelledError)) stream.emit('error', RpcError.from(error, log));
    });
  });
  stream.on('error', () => undefined);
  stream.on('end', () => {
    work.then(() => stream.end()).catch(() => undefined);
  });
}

async function answer(
  { channel, feed }: BlockSource,
  stream: DeliverStream,
  { envelope, responseOf, signal }: { envelope: common.Envelope; responseOf: ResponseOf; signal: AbortSignal },
): Promise<void> {
  try {
    const { reader, start, stop, failIfNotReady } = parseSeek(channel, envelope);
    for (let blockNum = start; blockNum <= stop; blockNum++) {
      if (failIfNotReady && blockNum >= channel.ledger.chainInfo().height) throw new SeekRefused(Status.NOT_FOUND);
      const block = await feed.block(blockNum, signal);
      if (reader.notAfterMs < Date.now()) throw new SeekRefused(Status.FORBIDDEN);
      await send(stream, responseOf(block, reader), signal);
    }
    await send(stream, statusResponse(Status.SUCCESS), signal);
  } catch (error) {
    if (!(error instanceof SeekRefused)) throw error;
    await send(stream, statusResponse(error.status), signal);
    stream.end();
  }
}

function parseSeek(channel: Channel, envelope: common.Envelope): Seek {
  const { channelId, creator, payload, signature, data } = attempt(Status.BAD_REQUEST, () => envelopeParts(envelope));
  if (channelId !== channel.channelId) throw new SeekRefused(Status.NOT_FOUND);
  const reader = attempt(Status.FORBIDDEN, () => channel.membership.verify(creator, [payload], signature));
  const seek = attempt(Status.BAD_REQUEST, () => orderer.SeekInfo.deserializeBinary(data));
  const { height } = channel.ledger.chainInfo();
  const start = positionOf(seek.getStart(), height);
  const sameEnds = seek.getStart()?.getTypeCase() === seek.getStop()?.getTypeCase();
  const seeksNewest = seek.getStop()?.getTypeCase() === orderer.SeekPosition.TypeCase.NEWEST;
  // Seeking only the newest block must not find a newer one meanwhile.
  const stop = sameEnds && seeksNewest ? start : positionOf(seek.getStop(), height);
  if (stop < start) throw new SeekRefused(Status.BAD_REQUEST);
  return {
    reader,
    start,
    stop,
    failIfNotReady: seek.getBehavior() === orderer.SeekInfo.SeekBehavior.FAIL_IF_NOT_READY,
  };
}

function positionOf(position: orderer.SeekPosition | undefined, height: bigint): bigint {
  const { TypeCase } = orderer.SeekPosition;
  switch (position?.getTypeCase()) {
    case TypeCase.OLDEST:
      return 0n;
    case TypeCase.NEWEST:
      return height - 1n;
    case TypeCase.NEXT_COMMIT:
      return height;
    case TypeCase.SPECIFIED:
      return BigInt(position.getSpecified()?.getNumber() ?? 0);
    default:
      throw new SeekRefused(Status.BAD_REQUEST);
  }
}

function attempt<Value>(refusal: Status, run: () => Value): Value {
  try {
    return run();
  } catch {
    throw new SeekRefused(refusal);
  }
}
