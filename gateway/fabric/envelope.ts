import { createHash, X509Certificate } from 'node:crypto';
import { common, msp, peer } from '@hyperledger/fabric-protos';
import { timestampFromSeconds } from '../../core/index.js';

/** What a gateway reads from a transaction's envelope. */
export interface TransactionContent {
  timestamp: string;
  creator: { msp_id: string; certificate_sha256: string };
  action: peer.ChaincodeEndorsedAction;
  notice?: { name: string; payload: Uint8Array };
}

/** The content of an endorser transaction; `undefined` for configuration and other kinds. */
export function readEnvelope(envelope: common.Envelope): TransactionContent | undefined {
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const header = payload.getHeader();
  const channelHeader = common.ChannelHeader.deserializeBinary(header?.getChannelHeader_asU8() ?? new Uint8Array());
  if (channelHeader.getType() !== common.HeaderType.ENDORSER_TRANSACTION) return undefined;
  const action = readAction(payload.getData_asU8());
  if (!action) return undefined;
  const signatureHeader = common.SignatureHeader.deserializeBinary(
    header?.getSignatureHeader_asU8() ?? new Uint8Array(),
  );
  const notice = readNotice(action);
  const time = channelHeader.getTimestamp();
  return {
    timestamp: timestampFromSeconds(time?.getSeconds() ?? 0, time?.getNanos() ?? 0),
    creator: readIdentity(signatureHeader.getCreator_asU8()),
    action,
    ...(notice && { notice }),
  };
}

/** What was endorsed in an endorser transaction, and by whom. */
export function readEndorsedAction(envelope: common.Envelope): peer.ChaincodeEndorsedAction | undefined {
  return readAction(common.Payload.deserializeBinary(envelope.getPayload_asU8()).getData_asU8());
}

function readAction(data: Uint8Array): peer.ChaincodeEndorsedAction | undefined {
  const [action] = peer.Transaction.deserializeBinary(data).getActionsList();
  return action && peer.ChaincodeActionPayload.deserializeBinary(action.getPayload_asU8()).getAction();
}

function readNotice(action: peer.ChaincodeEndorsedAction): TransactionContent['notice'] {
  const response = peer.ProposalResponsePayload.deserializeBinary(action.getProposalResponsePayload_asU8());
  const events = peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8()).getEvents_asU8();
  if (events.length === 0) return undefined;
  const event = peer.ChaincodeEvent.deserializeBinary(events);
  return { name: event.getEventName(), payload: event.getPayload_asU8() };
}

function readIdentity(creator: Uint8Array): TransactionContent['creator'] {
  const identity = msp.SerializedIdentity.deserializeBinary(creator);
  return { msp_id: identity.getMspid(), certificate_sha256: fingerprint(identity.getIdBytes_asU8()) };
}

/** SHA-256 of the certificate's DER, in hex. */
function fingerprint(pem: Uint8Array): string {
  return createHash('sha256').update(new X509Certificate(pem).raw).digest('hex');
}
