import { common, type peer } from '@hyperledger/fabric-protos';
import protobuf from 'protobufjs/minimal.js';
import { writeBytes, writeMessage } from './write-fields.js';

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
  endorsements: readonly peer.Endorsement[],
): common.Envelope {
  const writer = protobuf.Writer.create();
  const inMessage = (field: number, writeContent: () => void): void => writeMessage(writer, field, writeContent);
  const header = (): void => {
    writeBytes(writer, 1, channelHeader);
    writeBytes(writer, 2, signatureHeader);
  };
  const endorsedAction = (): void => {
    writeBytes(writer, 1, responsePayload);
    for (const endorsement of endorsements) {
      inMessage(2, () => {
        writeBytes(writer, 1, endorsement.getEndorser_asU8());
        writeBytes(writer, 2, endorsement.getSignature_asU8());
      });
    }
  };
  const actionPayload = (): void => {
    writeBytes(writer, 1, publicPayload);
    inMessage(2, endorsedAction);
  };
  const action = (): void => {
    writeBytes(writer, 1, signatureHeader);
    inMessage(2, actionPayload);
  };
  inMessage(1, header);
  inMessage(2, () => inMessage(1, action));
  const envelope = new common.Envelope();
  envelope.setPayload(writer.finish());
  return envelope;
}
