import { decodeText, Message } from '../wire/message.js';

/** An endorser transaction as a block has it: the bytes that were signed, with the field numbers of Fabric's messages. */
export interface TransactionBytes {
  /** What the creator signed. */
  payload: Uint8Array;
  signature: Uint8Array;
  channelHeader: Uint8Array;
  signatureHeader: Uint8Array;
  /** SerializedIdentity. */
  creator: Uint8Array;
  nonce: Uint8Array;
  /** ChaincodeProposalPayload; the transient map never gets into a block. */
  proposalPayload: Uint8Array;
  /** ProposalResponsePayload. */
  responsePayload: Uint8Array;
  endorsements: { endorser: Uint8Array; signature: Uint8Array }[];
}

/** SerializedIdentity, taken apart. */
export interface SerializedIdentity {
  msp_id: string;
  certificate: string;
}

/**
 * @param at pointer of the envelope in the file.
 * @throws {EvidenceFault} MALFORMED_MESSAGE, also where there is not exactly one action.
 */
export function readEnvelope(bytes: Uint8Array, at: string): TransactionBytes {
  const envelope = new Message(bytes, [1, 2], at);
  const payload = new Message(envelope.bytes(1), [1, 2], at);
  const header = new Message(payload.bytes(1), [1, 2], at);
  const signatureHeader = new Message(header.bytes(2), [1, 2], at);
  // One action in a transaction: `bytes` refuses a second one, as peers do.
  const action = new Message(new Message(payload.bytes(2), [1], at).bytes(1), [1, 2], at);
  const actionPayload = new Message(action.bytes(2), [1, 2], at);
  const endorsed = new Message(actionPayload.bytes(2), [1, 2], at);
  return {
    payload: envelope.bytes(1),
    signature: envelope.bytes(2),
    channelHeader: header.bytes(1),
    signatureHeader: header.bytes(2),
    creator: signatureHeader.bytes(1),
    nonce: signatureHeader.bytes(2),
    proposalPayload: actionPayload.bytes(1),
    responsePayload: endorsed.bytes(1),
    endorsements: endorsed.list(2).map((endorsement) => {
      const message = new Message(endorsement, [1, 2], at);
      return { endorser: message.bytes(1), signature: message.bytes(2) };
    }),
  };
}

/** @throws {EvidenceFault} MALFORMED_MESSAGE */
export function readSerializedIdentity(bytes: Uint8Array, at: string): SerializedIdentity {
  const identity = new Message(bytes, [1, 2], at);
  return { msp_id: identity.text(1), certificate: decodeText(identity.bytes(2), at) };
}
