import { common, peer } from '@hyperledger/fabric-protos';
import type { Channel } from '../channel.js';
import type { CommittedBlock, Ledger } from '../ledger/types.js';

type Query = (ledger: Ledger, argument: Uint8Array) => Uint8Array;

const QUERIES: ReadonlyMap<string, Query> = new Map<string, Query>([
  ['GetChainInfo', getChainInfo],
  ['GetBlockByNumber', getBlockByNumber],
  ['GetBlockByHash', getBlockByHash],
  ['GetTransactionByID', getTransactionById],
  ['GetBlockByTxID', getBlockByTxId],
]);

/** The system chaincode that queries the ledger: (function, channel, argument?); errors as a peer words them. */
export function qscc(args: readonly Uint8Array[], channel: Channel): Uint8Array {
  const [name = '', channelId] = args.slice(0, 2).map((arg) => Buffer.from(arg).toString());
  if (channelId === undefined) throw new Error(`Incorrect number of arguments, ${args.length}`);
  if (name !== 'GetChainInfo' && args.length < 3) throw new Error(`missing 3rd argument for ${name}`);
  if (channelId !== channel.channelId) throw new Error(`Invalid chain ID, ${channelId}`);
  const query = QUERIES.get(name);
  if (!query) throw new Error(`Requested function ${name} not found.`);
  return query(channel.ledger, args[2] ?? new Uint8Array());
}

function getChainInfo(ledger: Ledger): Uint8Array {
  const { height, currentBlockHash, previousBlockHash } = ledger.chainInfo();
  const info = new common.BlockchainInfo();
  info.setHeight(Number(height));
  info.setCurrentblockhash(currentBlockHash);
  info.setPreviousblockhash(previousBlockHash);
  return info.serializeBinary();
}

function getBlockByNumber(ledger: Ledger, argument: Uint8Array): Uint8Array {
  const text = Buffer.from(argument).toString();
  if (!/^\d{1,20}$/.test(text)) {
    throw new Error(
      `Failed to parse block number with error strconv.ParseUint: parsing "${text.slice(0, 64)}": invalid syntax`,
    );
  }
  const block = ledger.blockByNumber(BigInt(text));
  if (!block) throw new Error(`Failed to get block number ${text}, error no such block number [${text}] in index`);
  return block.bytes;
}

function getBlockByHash(ledger: Ledger, argument: Uint8Array): Uint8Array {
  const block = ledger.blockByHash(argument);
  const hex = Buffer.from(argument).toString('hex');
  if (!block)
    throw new Error(
      `Failed to get block hash ${hex.slice(0, 128)}, error no such block hash [${hex.slice(0, 128)}] in index`,
    );
  return block.bytes;
}

function getTransactionById(ledger: Ledger, argument: Uint8Array): Uint8Array {
  const txId = Buffer.from(argument).toString();
  const position = ledger.transaction(txId);
  const block = position && ledger.blockByNumber(position.blockNum);
  const envelope = block && common.Block.deserializeBinary(block.bytes).getData()?.getDataList_asU8()[position.txNum];
  if (!position || !envelope) {
    throw new Error(
      `Failed to get transaction with id ${txId.slice(0, 128)}, error no such transaction ID [${txId.slice(0, 128)}] in index`,
    );
  }
  const processed = new peer.ProcessedTransaction();
  processed.setTransactionenvelope(common.Envelope.deserializeBinary(envelope));
  processed.setValidationcode(position.code);
  return processed.serializeBinary();
}

function getBlockByTxId(ledger: Ledger, argument: Uint8Array): Uint8Array {
  const txId = Buffer.from(argument).toString();
  const block: CommittedBlock | undefined = blockOf(ledger, txId);
  if (!block) {
    throw new Error(
      `Failed to get block for txID ${txId.slice(0, 128)}, error no such transaction ID [${txId.slice(0, 128)}] in index`,
    );
  }
  return block.bytes;
}

function blockOf(ledger: Ledger, txId: string): CommittedBlock | undefined {
  const position = ledger.transaction(txId);
  return position && ledger.blockByNumber(position.blockNum);
}
