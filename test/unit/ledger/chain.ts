import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { common, peer } from '@hyperledger/fabric-protos';
import { parseEnvelopeRwset } from '../../../network/embedded/ledger/index.js';
import { ValidationCode } from '../../../network/embedded/ledger/types.js';
import type {
  BlockParts,
  CollectionRwset,
  CommittedBlock,
  KeyWrite,
  Ledger,
  NamespaceRwset,
  ParsedTransaction,
  PrivateWrites,
} from '../../../network/embedded/ledger/types.js';
import { blockDataHash } from '../../../network/embedded/wire/block.js';
import { serializePrivateRwset, serializeTxRwset } from '../../../network/embedded/wire/serialize-rwset.js';

export const CHANNEL = 'audit';
/** The first file of the channel's blocks, below the ledger's folder. */
export const BLOCK_FILE = join('ledgersData', 'chains', 'chains', CHANNEL, 'blockfile_000000');
export const NAMESPACE = 'cc';

/** A transaction as a test writes it; private plain texts by collection. */
export interface Draft {
  txId: string;
  rwset: NamespaceRwset[];
  code?: ValidationCode;
  privateWrites?: { namespace: string; collection: string; writes: KeyWrite[] }[];
}

/** An endorser transaction's envelope; the ledger reads no signature. */
export function envelope({ txId, rwset }: Draft): Uint8Array {
  const action = new peer.ChaincodeAction();
  action.setResults(serializeTxRwset(rwset));
  const response = new peer.ProposalResponsePayload();
  response.setExtension$(action.serializeBinary());
  const endorsed = new peer.ChaincodeEndorsedAction();
  endorsed.setProposalResponsePayload(response.serializeBinary());
  const actionPayload = new peer.ChaincodeActionPayload();
  actionPayload.setAction(endorsed);
  const transactionAction = new peer.TransactionAction();
  transactionAction.setPayload(actionPayload.serializeBinary());
  const transaction = new peer.Transaction();
  transaction.setActionsList([transactionAction]);
  return enveloped(common.HeaderType.ENDORSER_TRANSACTION, txId, transaction.serializeBinary());
}

export function configEnvelope(): Uint8Array {
  return enveloped(common.HeaderType.CONFIG, '', Buffer.from('a configuration'));
}

function enveloped(type: number, txId: string, data: Uint8Array): Uint8Array {
  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(type);
  channelHeader.setTxId(txId);
  channelHeader.setChannelId(CHANNEL);
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(data);
  const message = new common.Envelope();
  message.setPayload(payload.serializeBinary());
  message.setSignature(Buffer.from('signature'));
  return message.serializeBinary();
}

/** The next block of a ledger, as an orderer would cut it. */
export function nextBlock(ledger: Ledger, envelopes: Uint8Array[]): BlockParts {
  const { height, currentBlockHash } = ledger.chainInfo();
  return {
    number: Number(height),
    previousHash: currentBlockHash,
    dataHash: blockDataHash(envelopes),
    envelopes,
    metadata: [Buffer.from('orderer signature'), new Uint8Array()],
  };
}

export async function commitGenesis(ledger: Ledger): Promise<CommittedBlock> {
  const genesis: ParsedTransaction = { txId: '', code: ValidationCode.VALID, rwset: [] };
  return ledger.commit(nextBlock(ledger, [configEnvelope()]), [genesis], []);
}

/** Commits drafts as one block, with the read-write sets as they are parsed back from the envelopes. */
export async function commitDrafts(ledger: Ledger, drafts: Draft[]): Promise<CommittedBlock> {
  const envelopes = drafts.map(envelope);
  const parsed = drafts.map(({ txId, code }, index) => ({
    txId,
    code: code ?? ValidationCode.VALID,
    rwset: parseEnvelopeRwset(envelopes[index] ?? new Uint8Array()),
  }));
  const privateWrites = drafts.flatMap(({ privateWrites: sets = [] }, txNum): PrivateWrites[] =>
    sets.map((set) => ({ ...set, txNum, rwset: serializePrivateRwset(set.writes) })),
  );
  return ledger.commit(nextBlock(ledger, envelopes), parsed, privateWrites);
}

/** A read-write set of one namespace from the parts that matter to a test. */
export function rwset(parts: Partial<NamespaceRwset>): NamespaceRwset[] {
  return [{ namespace: NAMESPACE, reads: [], rangeReads: [], writes: [], collections: [], ...parts }];
}

export function put(key: string, value: string): KeyWrite {
  return { key, isDelete: false, value: Buffer.from(value) };
}

export function remove(key: string): KeyWrite {
  return { key, isDelete: true, value: new Uint8Array() };
}

/** What the public read-write set says of private writes. */
export function hashedCollection(collection: string, writes: KeyWrite[]): CollectionRwset {
  return {
    collection,
    hashedReads: [],
    hashedWrites: writes.map(({ key, isDelete, value }) => ({
      keyHash: sha256(key),
      isDelete,
      valueHash: isDelete ? new Uint8Array() : sha256(value),
      isPurge: false,
    })),
    pvtRwsetHash: sha256(serializePrivateRwset(writes)),
  };
}

export function sha256(bytes: Uint8Array | string): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** Runs with a directory of its own, which is gone afterwards. */
export async function withDirectory<Result>(use: (dir: string) => Promise<Result>): Promise<Result> {
  const dir = await mkdtemp(join(tmpdir(), 'ledger-'));
  try {
    return await use(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
