import { createHash, randomBytes } from 'node:crypto';
import { common, ledger, peer } from '@hyperledger/fabric-protos';
import timestampPb from 'google-protobuf/google/protobuf/timestamp_pb.js';
import type { SignedAnswerFile } from '../../../core/index.js';
import type { Endorser } from './signers.js';

/** Everything that a signed answer says: peers that are honest or not sign whatever stands here. */
export interface AnswerPlan {
  endorsers: Endorser[];
  creator: Endorser;
  channel: string;
  chaincode: string;
  call: string[];
  seconds: number;
  status: number;
  payload: string | Uint8Array;
  reads: { key: string; version?: [block: number, transaction: number] }[];
  /** Ranges of keys that were read, of which some may have been there. */
  ranges?: { start: string; end: string; exhausted: boolean; keys?: string[] }[];
  writes: string[];
  event?: string;
  transactionId?: string;
  transient?: string;
}

/** @param identities of the file's table, as SerializedIdentity in base64. */
export async function signAnswer(plan: AnswerPlan, identities: string[]): Promise<SignedAnswerFile> {
  const { channelHeader, signatureHeader, nonce } = headers(plan);
  const proposalPayload = proposal(plan);
  const hash = createHash('sha256').update(channelHeader).update(signatureHeader).update(proposalPayload).digest();
  const responsePayload = response(plan, hash);
  const endorsements = await Promise.all(
    plan.endorsers.map(async ({ identity, sign }) => ({
      identity: identities.indexOf(identity.toString('base64')),
      signature: base64(await sign(Buffer.concat([responsePayload, identity]))),
    })),
  );
  return {
    channel_header: base64(channelHeader),
    creator: identities.indexOf(plan.creator.identity.toString('base64')),
    nonce: base64(nonce),
    proposal_payload: base64(proposalPayload),
    response_payload: base64(responsePayload),
    endorsements,
  };
}

function headers({ creator, channel, chaincode, seconds, transactionId }: AnswerPlan) {
  const nonce = randomBytes(24);
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setCreator(creator.identity);
  signatureHeader.setNonce(nonce);
  const id = createHash('sha256').update(nonce).update(creator.identity).digest('hex');
  const extension = new peer.ChaincodeHeaderExtension();
  extension.setChaincodeId(chaincodeId(chaincode));
  const timestamp = new timestampPb.Timestamp();
  timestamp.setSeconds(seconds);
  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(common.HeaderType.ENDORSER_TRANSACTION);
  channelHeader.setTimestamp(timestamp);
  channelHeader.setChannelId(channel);
  channelHeader.setTxId(transactionId ?? id);
  channelHeader.setExtension$(extension.serializeBinary());
  return { channelHeader: channelHeader.serializeBinary(), signatureHeader: signatureHeader.serializeBinary(), nonce };
}

function proposal({ chaincode, call, transient }: AnswerPlan): Uint8Array {
  const input = new peer.ChaincodeInput();
  input.setArgsList(call.map((argument) => Buffer.from(argument)));
  const spec = new peer.ChaincodeSpec();
  spec.setType(peer.ChaincodeSpec.Type.NODE);
  spec.setChaincodeId(chaincodeId(chaincode));
  spec.setInput(input);
  const invocation = new peer.ChaincodeInvocationSpec();
  invocation.setChaincodeSpec(spec);
  const payload = new peer.ChaincodeProposalPayload();
  payload.setInput(invocation.serializeBinary());
  if (transient !== undefined) payload.getTransientmapMap().set('key', Buffer.from(transient));
  return payload.serializeBinary();
}

function response(plan: AnswerPlan, proposalHash: Uint8Array): Uint8Array {
  const answer = new peer.Response();
  answer.setStatus(plan.status);
  answer.setPayload(Buffer.from(plan.payload));
  const action = new peer.ChaincodeAction();
  action.setResults(readWriteSet(plan));
  action.setResponse(answer);
  action.setChaincodeId(chaincodeId(plan.chaincode));
  if (plan.event !== undefined) action.setEvents(Buffer.from(plan.event));
  const payload = new peer.ProposalResponsePayload();
  payload.setProposalHash(proposalHash);
  payload.setExtension$(action.serializeBinary());
  return payload.serializeBinary();
}

function readWriteSet({ chaincode, reads, ranges = [], writes }: AnswerPlan): Uint8Array {
  const set = new ledger.rwset.kvrwset.KVRWSet();
  for (const { key, version } of reads) set.addReads(kvRead(key, version));
  for (const range of ranges) set.addRangeQueriesInfo(rangeRead(range));
  for (const key of writes) {
    const write = new ledger.rwset.kvrwset.KVWrite();
    write.setKey(key);
    write.setValue(Buffer.from('{}'));
    set.addWrites(write);
  }
  const namespace = new ledger.rwset.NsReadWriteSet();
  namespace.setNamespace(chaincode);
  namespace.setRwset(set.serializeBinary());
  const whole = new ledger.rwset.TxReadWriteSet();
  whole.addNsRwset(namespace);
  return whole.serializeBinary();
}

function kvRead(key: string, version?: [number, number]): ledger.rwset.kvrwset.KVRead {
  const read = new ledger.rwset.kvrwset.KVRead();
  read.setKey(key);
  if (!version) return read;
  const at = new ledger.rwset.kvrwset.Version();
  at.setBlockNum(version[0]);
  at.setTxNum(version[1]);
  read.setVersion(at);
  return read;
}

function rangeRead({ start, end, exhausted, keys = [] }: NonNullable<AnswerPlan['ranges']>[number]) {
  const range = new ledger.rwset.kvrwset.RangeQueryInfo();
  range.setStartKey(start);
  range.setEndKey(end);
  range.setItrExhausted(exhausted);
  const reads = new ledger.rwset.kvrwset.QueryReads();
  reads.setKvReadsList(keys.map((key) => kvRead(key, [1, 0])));
  range.setRawReads(reads);
  return range;
}

function chaincodeId(name: string): peer.ChaincodeID {
  const id = new peer.ChaincodeID();
  id.setName(name);
  return id;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
