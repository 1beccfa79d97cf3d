import { common, ledger, peer } from '@hyperledger/fabric-protos';
import { LedgerError } from './ledger-error.js';
import type { CollectionRwset, KeyRead, KeyWrite, NamespaceRwset, RangeRead, Version } from './types.js';

const { kvrwset, TxReadWriteSet } = ledger.rwset;

/** What a block's index needs to know of an envelope. */
export interface EnvelopeHeader {
  txId: string;
  /** common.HeaderType */
  type: number;
}

/** @throws {LedgerError} MALFORMED_ENVELOPE */
export function parseEnvelopeHeader(envelope: Uint8Array): EnvelopeHeader {
  return decoding('envelope', () => headerOf(payloadOf(envelope)));
}

/**
 * The read-write set of an endorser transaction: envelope → payload → transaction → its one action → response
 * payload → chaincode action → TxReadWriteSet. Other envelopes (configuration) have none.
 * @throws {LedgerError} MALFORMED_ENVELOPE, UNSUPPORTED_RWSET
 */
export function parseEnvelopeRwset(envelope: Uint8Array): NamespaceRwset[] {
  const results = decoding('endorser transaction', () => {
    const payload = payloadOf(envelope);
    if (headerOf(payload).type !== common.HeaderType.ENDORSER_TRANSACTION) return undefined;
    const actions = peer.Transaction.deserializeBinary(payload.getData_asU8()).getActionsList();
    const [action] = actions;
    if (!action || actions.length !== 1) throw new Error('a transaction has one action');
    const endorsed = peer.ChaincodeActionPayload.deserializeBinary(action.getPayload_asU8()).getAction();
    const response = peer.ProposalResponsePayload.deserializeBinary(
      endorsed?.getProposalResponsePayload_asU8() ?? NONE,
    );
    return peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8()).getResults_asU8();
  });
  return results ? parseRwset(results) : [];
}

/**
 * A serialized TxReadWriteSet.
 * @throws {LedgerError} MALFORMED_ENVELOPE; UNSUPPORTED_RWSET for key metadata (state-based endorsement) and for
 *   range reads that are summed up in a Merkle tree.
 */
export function parseRwset(results: Uint8Array): NamespaceRwset[] {
  return decoding('read-write set', () =>
    TxReadWriteSet.deserializeBinary(results)
      .getNsRwsetList()
      .map((namespace) => {
        const rwset = kvrwset.KVRWSet.deserializeBinary(namespace.getRwset_asU8());
        if (rwset.getMetadataWritesList().length > 0) throw unsupported('key metadata');
        return {
          namespace: namespace.getNamespace(),
          reads: rwset.getReadsList().map(keyRead),
          rangeReads: rwset.getRangeQueriesInfoList().map(rangeRead),
          writes: rwset.getWritesList().map(keyWrite),
          collections: namespace.getCollectionHashedRwsetList().map(collectionRwset),
        };
      }),
  );
}

/** The writes of a serialized private KVRWSet. @throws {LedgerError} MALFORMED_ENVELOPE */
export function parsePrivateWrites(rwset: Uint8Array): KeyWrite[] {
  return decoding('private write set', () => kvrwset.KVRWSet.deserializeBinary(rwset).getWritesList().map(keyWrite));
}

const NONE = new Uint8Array();

function payloadOf(envelope: Uint8Array): common.Payload {
  return common.Payload.deserializeBinary(common.Envelope.deserializeBinary(envelope).getPayload_asU8());
}

function headerOf(payload: common.Payload): EnvelopeHeader {
  const bytes = payload.getHeader()?.getChannelHeader_asU8() ?? NONE;
  const header = common.ChannelHeader.deserializeBinary(bytes);
  return { txId: header.getTxId(), type: header.getType() };
}

function keyRead(read: ledger.rwset.kvrwset.KVRead): KeyRead {
  return { key: read.getKey(), ...version(read.getVersion()) };
}

function rangeRead(range: ledger.rwset.kvrwset.RangeQueryInfo): RangeRead {
  if (range.hasReadsMerkleHashes()) throw unsupported('range reads as a Merkle summary');
  return {
    startKey: range.getStartKey(),
    endKey: range.getEndKey(),
    exhausted: range.getItrExhausted(),
    reads: range.getRawReads()?.getKvReadsList().map(keyRead) ?? [],
  };
}

/** A write of nothing is a deletion, as for Fabric's validator. */
function keyWrite(write: ledger.rwset.kvrwset.KVWrite): KeyWrite {
  const value = write.getValue_asU8();
  return { key: write.getKey(), isDelete: write.getIsDelete() || value.length === 0, value };
}

function collectionRwset(collection: ledger.rwset.CollectionHashedReadWriteSet): CollectionRwset {
  const hashed = kvrwset.HashedRWSet.deserializeBinary(collection.getHashedRwset_asU8());
  if (hashed.getMetadataWritesList().length > 0) throw unsupported('key metadata');
  return {
    collection: collection.getCollectionName(),
    hashedReads: hashed
      .getHashedReadsList()
      .map((read) => ({ keyHash: read.getKeyHash_asU8(), ...version(read.getVersion()) })),
    hashedWrites: hashed.getHashedWritesList().map((write) => ({
      keyHash: write.getKeyHash_asU8(),
      isDelete: write.getIsDelete(),
      valueHash: write.getValueHash_asU8(),
      isPurge: write.getIsPurge(),
    })),
    pvtRwsetHash: collection.getPvtRwsetHash_asU8(),
  };
}

function version(message: ledger.rwset.kvrwset.Version | undefined): { version?: Version } {
  return message ? { version: { blockNum: BigInt(message.getBlockNum()), txNum: message.getTxNum() } } : {};
}

function unsupported(what: string): LedgerError {
  return new LedgerError('UNSUPPORTED_RWSET', `the embedded ledger does not implement ${what}`);
}

function decoding<T>(what: string, decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    if (cause instanceof LedgerError) throw cause;
    throw new LedgerError('MALFORMED_ENVELOPE', `the ${what} cannot be decoded`, undefined, { cause });
  }
}
