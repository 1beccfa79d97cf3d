import { common, peer } from '@hyperledger/fabric-protos';
import { sha256 } from '../wire/sha256.js';

/** A signed proposal, unpacked as far as an endorser needs it; byte fields are slices of what was sent. */
export interface Proposal {
  signed: peer.SignedProposal;
  channelHeader: Uint8Array;
  signatureHeader: Uint8Array;
  /** Of the channel header. */
  channelId: string;
  headerType: number;
  epoch: number;
  txId: string;
  timestampMs: number;
  /** Of the signature header. */
  creator: Uint8Array;
  nonce: Uint8Array;
  chaincodeName: string;
  args: Uint8Array[];
  /** The serialized ChaincodeInput. */
  input: Uint8Array;
  hasTransientData: boolean;
  /** The serialized ChaincodeProposalPayload without the transient map: what goes into the transaction. */
  publicPayload: Uint8Array;
  proposalHash: Uint8Array;
}

/** @throws {Error} where the bytes are not a chaincode proposal; the message is fit for the client. */
export function unpackProposal(signed: peer.SignedProposal | undefined): Proposal {
  const proposalBytes = signed?.getProposalBytes_asU8();
  if (!signed || !proposalBytes?.length) throw new Error('a signed proposal is required');
  const proposal = peer.Proposal.deserializeBinary(proposalBytes);
  const header = common.Header.deserializeBinary(proposal.getHeader_asU8());
  const channelHeader = common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8());
  const signatureHeader = common.SignatureHeader.deserializeBinary(header.getSignatureHeader_asU8());
  const extension = peer.ChaincodeHeaderExtension.deserializeBinary(channelHeader.getExtension_asU8());
  const payload = peer.ChaincodeProposalPayload.deserializeBinary(proposal.getPayload_asU8());
  const input = chaincodeInput(payload.getInput_asU8());
  const chaincodeName = extension.getChaincodeId()?.getName() ?? '';
  if (chaincodeName === '') throw new Error('ChaincodeHeaderExtension.ChaincodeId.Name is empty');
  const publicPayload = withoutTransient(payload);
  const timestamp = channelHeader.getTimestamp();
  return {
    signed,
    channelHeader: header.getChannelHeader_asU8(),
    signatureHeader: header.getSignatureHeader_asU8(),
    channelId: channelHeader.getChannelId(),
    headerType: channelHeader.getType(),
    epoch: channelHeader.getEpoch(),
    txId: channelHeader.getTxId(),
    timestampMs: timestamp ? timestamp.getSeconds() * 1000 + Math.floor(timestamp.getNanos() / 1e6) : 0,
    creator: signatureHeader.getCreator_asU8(),
    nonce: signatureHeader.getNonce_asU8(),
    chaincodeName,
    args: input.getArgsList_asU8(),
    input: input.serializeBinary(),
    hasTransientData: payload.getTransientmapMap().getLength() > 0,
    publicPayload,
    proposalHash: sha256(header.getChannelHeader_asU8(), header.getSignatureHeader_asU8(), publicPayload),
  };
}

function chaincodeInput(bytes: Uint8Array): peer.ChaincodeInput {
  const input = peer.ChaincodeInvocationSpec.deserializeBinary(bytes).getChaincodeSpec()?.getInput();
  if (!input) throw new Error('chaincode input did not contain any input');
  return input;
}

function withoutTransient(payload: peer.ChaincodeProposalPayload): Uint8Array {
  const publicPart = new peer.ChaincodeProposalPayload();
  publicPart.setInput(payload.getInput_asU8());
  return publicPart.serializeBinary();
}
