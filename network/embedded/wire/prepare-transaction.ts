import { common, peer } from '@hyperledger/fabric-protos';

interface ProposalParts {
  channelHeader: Uint8Array;
  signatureHeader: Uint8Array;
  /** The serialized ChaincodeProposalPayload without the transient map. */
  publicPayload: Uint8Array;
}

/** The transaction of an endorsed proposal, as an envelope for the client to sign. */
export function prepareTransaction(
  { channelHeader, signatureHeader, publicPayload }: ProposalParts,
  responsePayload: Uint8Array,
  endorsements: peer.Endorsement[],
): common.Envelope {
  const endorsedAction = new peer.ChaincodeEndorsedAction();
  endorsedAction.setProposalResponsePayload(responsePayload);
  endorsedAction.setEndorsementsList(endorsements);
  const actionPayload = new peer.ChaincodeActionPayload();
  actionPayload.setChaincodeProposalPayload(publicPayload);
  actionPayload.setAction(endorsedAction);
  const action = new peer.TransactionAction();
  action.setHeader(signatureHeader);
  action.setPayload(actionPayload.serializeBinary());
  const transaction = new peer.Transaction();
  transaction.setActionsList([action]);
  const header = new common.Header();
  header.setChannelHeader(channelHeader);
  header.setSignatureHeader(signatureHeader);
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(transaction.serializeBinary());
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  return envelope;
}
