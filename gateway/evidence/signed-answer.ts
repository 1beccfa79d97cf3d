import type { Transaction } from '@hyperledger/fabric-gateway';
import { common, gateway as gatewayProtos, peer } from '@hyperledger/fabric-protos';

/** What peers signed when they endorsed a proposal, taken out of the transaction that is never submitted. */
export interface SignedBytes {
  channelHeader: Uint8Array;
  creator: Uint8Array;
  nonce: Uint8Array;
  /** ChaincodeProposalPayload without transient data. */
  proposalPayload: Uint8Array;
  /** ProposalResponsePayload: with each endorser's identity behind it, what is signed. */
  responsePayload: Uint8Array;
  endorsements: { endorser: Uint8Array; signature: Uint8Array }[];
}

export function readSignedBytes(transaction: Transaction): SignedBytes {
  const prepared = gatewayProtos.PreparedTransaction.deserializeBinary(transaction.getBytes());
  const payload = common.Payload.deserializeBinary(prepared.getEnvelope()?.getPayload_asU8() ?? new Uint8Array());
  const [first] = peer.Transaction.deserializeBinary(payload.getData_asU8()).getActionsList();
  const header = payload.getHeader();
  const actionPayload = peer.ChaincodeActionPayload.deserializeBinary(first?.getPayload_asU8() ?? new Uint8Array());
  const action = actionPayload.getAction();
  if (!header || !action) throw new Error('the peer prepared a transaction without header or action');
  const signatureHeader = common.SignatureHeader.deserializeBinary(header.getSignatureHeader_asU8());
  return {
    channelHeader: header.getChannelHeader_asU8(),
    creator: signatureHeader.getCreator_asU8(),
    nonce: signatureHeader.getNonce_asU8(),
    proposalPayload: actionPayload.getChaincodeProposalPayload_asU8(),
    responsePayload: action.getProposalResponsePayload_asU8(),
    endorsements: action.getEndorsementsList().map((endorsement) => ({
      endorser: endorsement.getEndorser_asU8(),
      signature: endorsement.getSignature_asU8(),
    })),
  };
}
