import { common, ledger, peer } from '@hyperledger/fabric-protos';
import { timestampFromSeconds } from '../../core/index.js';

/** An endorser transaction of a block, taken apart; byte fields are what was signed. */
export interface BlockTransaction {
  txId: string;
  channel: string;
  /** In the sortable form. */
  timestamp: string;
  /** The chaincode's function. */
  functionName: string;
  payload: Uint8Array;
  signature: Uint8Array;
  creator: Uint8Array;
  nonce: Uint8Array;
  channelHeader: Uint8Array;
  /** Of the action, which is that of the proposal. */
  signatureHeader: Uint8Array;
  proposalPayload: Uint8Array;
  proposalHash: Uint8Array;
  responsePayload: Uint8Array;
  endorsements: { endorser: Uint8Array; signature: Uint8Array }[];
  namespaces: NamespaceSet[];
}

export interface NamespaceSet {
  namespace: string;
  /** Keys that were read; whether each existed. */
  reads: { key: string; exists: boolean }[];
  writes: KeyWrite[];
}

export interface KeyWrite {
  key: string;
  value: Uint8Array;
  isDelete: boolean;
}

/** @returns undefined for configuration and other kinds. @throws {Error} where the bytes are no transaction. */
export function readTransaction(bytes: Uint8Array): BlockTransaction | undefined {
  const envelope = common.Envelope.deserializeBinary(bytes);
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const channelHeader = payload.getHeader()?.getChannelHeader_asU8() ?? NONE;
  const header = common.ChannelHeader.deserializeBinary(channelHeader);
  if (header.getType() !== common.HeaderType.ENDORSER_TRANSACTION) return undefined;
  const creator = common.SignatureHeader.deserializeBinary(payload.getHeader()?.getSignatureHeader_asU8() ?? NONE);
  const time = header.getTimestamp();
  return {
    txId: header.getTxId(),
    channel: header.getChannelId(),
    timestamp: timestampFromSeconds(time?.getSeconds() ?? 0, time?.getNanos() ?? 0),
    payload: envelope.getPayload_asU8(),
    signature: envelope.getSignature_asU8(),
    creator: creator.getCreator_asU8(),
    nonce: creator.getNonce_asU8(),
    channelHeader,
    ...readAction(payload.getData_asU8()),
  };
}

const NONE = new Uint8Array();

function readAction(data: Uint8Array) {
  const [action, ...more] = peer.Transaction.deserializeBinary(data).getActionsList();
  if (!action || more.length > 0) throw new Error('a transaction has one action');
  const payload = peer.ChaincodeActionPayload.deserializeBinary(action.getPayload_asU8());
  const endorsed = payload.getAction();
  const responsePayload = endorsed?.getProposalResponsePayload_asU8() ?? NONE;
  const response = peer.ProposalResponsePayload.deserializeBinary(responsePayload);
  const result = peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8());
  const proposalPayload = payload.getChaincodeProposalPayload_asU8();
  return {
    functionName: readFunction(proposalPayload),
    signatureHeader: action.getHeader_asU8(),
    proposalPayload,
    proposalHash: response.getProposalHash_asU8(),
    responsePayload,
    endorsements: (endorsed?.getEndorsementsList() ?? []).map((one) => ({
      endorser: one.getEndorser_asU8(),
      signature: one.getSignature_asU8(),
    })),
    namespaces: ledger.rwset.TxReadWriteSet.deserializeBinary(result.getResults_asU8())
      .getNsRwsetList()
      .map(readNamespace),
  };
}

function readFunction(proposalPayload: Uint8Array): string {
  const input = peer.ChaincodeProposalPayload.deserializeBinary(proposalPayload).getInput_asU8();
  const spec = peer.ChaincodeInvocationSpec.deserializeBinary(input).getChaincodeSpec();
  return Buffer.from(spec?.getInput()?.getArgsList_asU8()[0] ?? NONE).toString();
}

function readNamespace(message: ledger.rwset.NsReadWriteSet): NamespaceSet {
  const set = ledger.rwset.kvrwset.KVRWSet.deserializeBinary(message.getRwset_asU8());
  return {
    namespace: message.getNamespace(),
    reads: set.getReadsList().map((read) => ({ key: read.getKey(), exists: read.hasVersion() })),
    writes: readWrites(set),
  };
}

export function readWrites(set: ledger.rwset.kvrwset.KVRWSet): KeyWrite[] {
  return set.getWritesList().map((write) => ({
    key: write.getKey(),
    value: write.getValue_asU8(),
    isDelete: write.getIsDelete(),
  }));
}
