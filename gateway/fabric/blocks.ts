import type { common, peer } from '@hyperledger/fabric-protos';
import { hashHeader } from '../../verifier/index.js';
import type { BlockStream, DeliveredBlock } from '../ledger/audit-ledger.js';
import { followStream } from './follow.js';
import type { Peers } from './peers.js';

/** The peer's blocks, with what its organization may see of their private data. */
export function followBlocks(peers: () => Peers, fromBlock: number): BlockStream {
  let next = BigInt(fromBlock);
  return followStream(peers, {
    open: (channel) => channel.getBlockAndPrivateDataEvents({ startBlock: next }),
    read: toBlock,
    passed: () => {
      next += 1n;
    },
  });
}

/** Hash of a block's header, in hex. */
export function blockHash(block: common.Block): string {
  return Buffer.from(hashHeader(headerOf(block))).toString('hex');
}

/** Envelopes and metadata stay the bytes that they were. */
function toBlock(message: peer.BlockAndPrivateData): DeliveredBlock {
  const block = message.getBlock();
  if (!block) throw new Error('the peer delivered no block');
  const privateData = new Map<number, Uint8Array>();
  message
    .getPrivateDataMapMap()
    .forEach((writes, transaction) => privateData.set(transaction, writes.serializeBinary()));
  return {
    ...headerOf(block),
    envelopes: block.getData()?.getDataList_asU8() ?? [],
    metadata: block.getMetadata()?.getMetadataList_asU8() ?? [],
    privateData,
  };
}

function headerOf(block: common.Block) {
  const header = block.getHeader();
  if (!header) throw new Error('the peer delivered a block without a header');
  return {
    number: header.getNumber(),
    previousHash: header.getPreviousHash_asU8(),
    dataHash: header.getDataHash_asU8(),
  };
}
