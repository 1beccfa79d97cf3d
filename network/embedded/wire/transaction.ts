import { common, peer } from '@hyperledger/fabric-protos';

/** An envelope taken apart as far as its headers; byte fields are slices of the envelope. */
export interface EnvelopeParts {
  payload: Uint8Array;
  signature: Uint8Array;
  channelHeader: Uint8Array;
  signatureHeader: Uint8Array;
  headerType: number;
  channelId: string;
  txId: string;
  epoch: number;
  /** The serialized ChaincodeHeaderExtension. */
  extension: Uint8Array;
  creator: Uint8Array;
  nonce: Uint8Array;
  data: Uint8Array;
}

/** The one action of an endorser transaction. */
export interface TransactionAction {
  signatureHeader: Uint8Array;
  chaincodeProposalPayload: Uint8Array;
  responsePayload: Uint8Array;
  endorsements: { endorser: Uint8Array; signature: Uint8Array }[];
  proposalHash: Uint8Array;
  chaincodeName: string;
  chaincodeVersion: string;
  /** The serialized TxReadWriteSet. */
  results: Uint8Array;
  /** The serialized ChaincodeEvent, empty if there is none. */
  event: Uint8Array;
}

/** @throws {Error} where the bytes are not an envelope with headers */
export function parseEnvelope(bytes: Uint8Array): EnvelopeParts {
  return envelopeParts(common.Envelope.deserializeBinary(bytes));
}

export function envelopeParts(envelope: common.Envelope): EnvelopeParts {
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const header = payload.getHeader();
  if (!header) throw new Error('the payload has no header');
  const channelHeader = common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8());
  const signatureHeader = common.SignatureHeader.deserializeBinary(header.getSignatureHeader_asU8());
  return {
    payload: envelope.getPayload_asU8(),
    signature: envelope.getSignature_asU8(),
    channelHeader: header.getChannelHeader_asU8(),
    signatureHeader: header.getSignatureHeader_asU8(),
    headerType: channelHeader.getType(),
    channelId: channelHeader.getChannelId(),
    txId: channelHeader.getTxId(),
    epoch: channelHeader.getEpoch(),
    extension: channelHeader.getExtension_asU8(),
    creator: signatureHeader.getCreator_asU8(),
    nonce: signatureHeader.getNonce_asU8(),
    data: payload.getData_asU8(),
  };
}

/** @throws {Error} where the data is not a transaction of one action */
export function parseTransaction(data: Uint8Array): TransactionAction {
  const actions = peer.Transaction.deserializeBinary(data).getActionsList();
  const [action] = actions;
  if (!action || actions.length > 1) throw new Error('only one action per transaction is supported');
  const payload = peer.ChaincodeActionPayload.deserializeBinary(action.getPayload_asU8());
  const endorsed = payload.getAction();
  if (!endorsed) throw new Error('the action is not endorsed');
  const responsePayload = endorsed.getProposalResponsePayload_asU8();
  const response = peer.ProposalResponsePayload.deserializeBinary(responsePayload);
  const chaincodeAction = peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8());
  return {
    signatureHeader: action.getHeader_asU8(),
    chaincodeProposalPayload: payload.getChaincodeProposalPayload_asU8(),
    responsePayload,
    endorsements: endorsed.getEndorsementsList().map((endorsement) => ({
      endorser: endorsement.getEndorser_asU8(),
      signature: endorsement.getSignature_asU8(),
    })),
    proposalHash: response.getProposalHash_asU8(),
    chaincodeName: chaincodeAction.getChaincodeId()?.getName() ?? '',
    chaincodeVersion: chaincodeAction.getChaincodeId()?.getVersion() ?? '',
    results: chaincodeAction.getResults_asU8(),
    event: chaincodeAction.getEvents_asU8(),
  };
}
