import type { SignedAnswer } from '../core/index.js';
import { check } from './faults.js';
import { decodeText, Message } from './wire/message.js';

/** What the bytes of a signed answer say, with the field numbers of Fabric's own messages. */
export interface Answer {
  question: Question;
  /** What the endorsers say the question was: a hash over its bytes. */
  proposalHash: Uint8Array;
  chaincode: string;
  chaincodeVersion: string;
  status: number;
  payload: Uint8Array;
  hasEvents: boolean;
  /** What was read of the keys of the chaincode's own namespace. */
  reads: Reads;
  /** Whether no namespace, of whichever chaincode, has a write or a collection. */
  isReadOnly: boolean;
}

export interface Question {
  isTransaction: boolean;
  channel: string;
  transactionId: string;
  /** Seconds since the epoch: the asker's clock, which peers hold to 15 minutes of theirs. */
  seconds: number;
  /** As the header and as the invocation name it. */
  chaincodes: string[];
  arguments: string[];
  hasTransientData: boolean;
}

export interface Reads {
  /** Version by key; a key that was not there has none. */
  versions: ReadonlyMap<string, RecordVersion | undefined>;
  ranges: readonly RangeRead[];
}

/** Keys from `startKey` up to, and without, `endKey`; where it is exhausted, all of them were read. */
export interface RangeRead {
  startKey: string;
  endKey: string;
  isExhausted: boolean;
  /** Whether there was no key. */
  isEmpty: boolean;
}

/** Where a key was last written: no transaction but a valid one gives a key a version. */
export interface RecordVersion {
  block: number;
  transaction: number;
}

const ENDORSER_TRANSACTION = 3;
/** The end of the year 9999. */
const LAST_SECOND = 253_402_300_799;

/** The messages of an answer; in a file of evidence, or taken out of a transaction. */
export type AnswerBytes = Pick<SignedAnswer, 'channel_header' | 'proposal_payload' | 'response_payload'>;

/** @throws {EvidenceFault} MALFORMED_MESSAGE */
export function readAnswer(signed: AnswerBytes, at: string): Answer {
  const responseAt = `${at}/response_payload`;
  const response = new Message(signed.response_payload, [1, 2], responseAt);
  const action = new Message(response.bytes(2), [1, 2, 3, 4], responseAt);
  const result = new Message(action.bytes(3), [1, 2, 3], responseAt);
  const chaincode = new Message(action.bytes(4), [1, 2, 3], responseAt);
  return {
    question: readQuestion(signed, at),
    proposalHash: response.bytes(1),
    chaincode: chaincode.text(2),
    chaincodeVersion: chaincode.text(3),
    status: result.number(1),
    payload: result.bytes(3),
    hasEvents: action.bytes(2).length > 0,
    ...readReadWriteSet(action.bytes(1), chaincode.text(2), responseAt),
  };
}

function readQuestion(signed: AnswerBytes, at: string): Question {
  const channelAt = `${at}/channel_header`;
  const channelHeader = new Message(signed.channel_header, [1, 2, 3, 4, 5, 6, 7, 8], channelAt);
  const extension = new Message(channelHeader.bytes(7), [2], channelAt);
  const proposalAt = `${at}/proposal_payload`;
  const proposal = new Message(signed.proposal_payload, [1, 2], proposalAt);
  const invocation = new Message(proposal.bytes(1), [1], proposalAt);
  const spec = new Message(invocation.bytes(1), [1, 2, 3, 4], proposalAt);
  const input = new Message(spec.bytes(3), [1], proposalAt);
  return {
    isTransaction: channelHeader.number(1) === ENDORSER_TRANSACTION,
    channel: channelHeader.text(4),
    transactionId: channelHeader.text(5),
    seconds: readSeconds(channelHeader.bytes(3), channelAt),
    chaincodes: [extension.bytes(2), spec.bytes(2)].map((id) => new Message(id, [1, 2, 3], proposalAt).text(2)),
    arguments: input.list(1).map((argument) => decodeText(argument, proposalAt)),
    hasTransientData: proposal.has(2),
  };
}

function readSeconds(timestamp: Uint8Array, at: string): number {
  const seconds = new Message(timestamp, [1, 2], at).number(1);
  check(seconds <= LAST_SECOND, 'MALFORMED_MESSAGE', at, 'the time is beyond the year 9999');
  return seconds;
}

function readReadWriteSet(bytes: Uint8Array, chaincode: string, at: string): Pick<Answer, 'reads' | 'isReadOnly'> {
  const namespaces = new Message(bytes, [1, 2], at).list(2).map((namespaceBytes) => {
    const namespace = new Message(namespaceBytes, [1, 2, 3], at);
    const set = new Message(namespace.bytes(2), [1, 2, 3, 4], at);
    const isReadOnly = !set.has(3) && !set.has(4) && !namespace.has(3);
    return { name: namespace.text(1), set, isReadOnly };
  });
  const own = namespaces.find(({ name }) => name === chaincode)?.set;
  return {
    reads: {
      versions: new Map((own?.list(1) ?? []).map((read) => readVersion(read, at))),
      ranges: (own?.list(2) ?? []).map((range) => readRange(range, at)),
    },
    isReadOnly: namespaces.every((namespace) => namespace.isReadOnly),
  };
}

function readVersion(bytes: Uint8Array, at: string): [key: string, version: RecordVersion | undefined] {
  const read = new Message(bytes, [1, 2], at);
  const version = read.has(2) ? new Message(read.bytes(2), [1, 2], at) : undefined;
  return [read.text(1), version && { block: version.number(1), transaction: version.number(2) }];
}

function readRange(bytes: Uint8Array, at: string): RangeRead {
  const range = new Message(bytes, [1, 2, 3, 4, 5], at);
  const rawReads = new Message(range.bytes(4), [1], at);
  return {
    startKey: range.text(1),
    endKey: range.text(2),
    isExhausted: range.flag(3),
    isEmpty: !rawReads.has(1) && !range.has(5),
  };
}
