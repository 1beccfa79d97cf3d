import { CHAIN_START, formatSession, hashCore, headKey, recordKey, TRANSACTIONS } from '../../core/index.js';
import type { RecordedEvents, SessionAnswer, SessionEvidence } from '../../core/index.js';
import type { Answer } from '../answer.js';
import { check, refuse } from '../faults.js';
import { checkAgentKeyReads, checkAgentSignature } from './agent-key.js';
import type { AgentKeyPlace } from './agent-key.js';
import type { Form, Found, SignedPart } from './form.js';
import { checkEnd, checkPayload, versionOf } from './reads.js';
import { sessionStatements, summarizeSession } from './session-statements.js';

const AT = '/session';

type StoredEvent = RecordedEvents['events'][number];

/** Where a chain has got to; before its first event there is nothing to link to. */
interface ChainPlace {
  nextSeq: number;
  lastHash: string | undefined;
}

/** That these are the events of a session, from one of its records on. */
export function sessionForm(evidence: SessionEvidence): Form {
  const [first, ...rest] = evidence.session.map(toPart);
  const answers = evidence.session.map(({ answer }) => answer);
  if (!first || !answers[0]) throw new RangeError('the format has at least one answer');
  const summary = summarizeSession(answers);
  return {
    challenge: { text: answers[0].challenge, at: `${AT}/0/answer/challenge` },
    checkItself: () => checkChain(answers),
    parts: [first, ...rest],
    report: (findings) => ({
      subject: { session: summary },
      time: {},
      statements: sessionStatements(answers, summary, findings),
      disputedBy: answers
        .flatMap(({ entries }) => entries)
        .filter(({ kind }) => kind === 'disputed')
        .map(({ recorded_by }) => recorded_by.msp_id),
    }),
  };
}

function toPart({ answer, signed }: SessionEvidence['session'][number], index: number): SignedPart {
  const at = `${AT}/${index}`;
  return {
    at: `${at}/signed`,
    signed,
    call: [TRANSACTIONS.proveSession, answer.session, String(answer.from_seq), answer.challenge],
    check: (content) => {
      checkPayload(answer, content, `${at}/answer`);
      return checkReads(answer, content, { signed: `${at}/signed`, answer: `${at}/answer` });
    },
  };
}

/** The versions of the head, of each record and of the keys that signed; that nothing is behind the head. */
function checkReads(answer: SessionAnswer, content: Answer, at: { signed: string; answer: string }): Found {
  const { head, records } = answer;
  const signedAt = `${at.signed}/response_payload`;
  const headVersion = versionOf(content, headKey(head));
  if (!headVersion) return refuse('HEAD_NOT_READ', signedAt, `no version of ${headKey(head)}`);
  checkEnd(content, head, head.seq, at.signed);
  const agentKeys = new Map<string, AgentKeyPlace>();
  const versions = records.map(({ first_seq: firstSeq, events }) => {
    const key = recordKey(head, firstSeq);
    const version = versionOf(content, key) ?? refuse('RECORD_NOT_READ', signedAt, `no version of ${key}`);
    for (const { place, pointer } of keysOf(answer, events, at.answer)) {
      const found = checkAgentKeyReads(place, content, version, pointer);
      if (found) agentKeys.set(found.key.key_id, found);
    }
    return version;
  });
  return { versions: [...versions, headVersion], agentKeys: [...agentKeys.values()] };
}

/** The keys that signed some of the events. */
function keysOf({ agent_keys: keys = [] }: SessionAnswer, events: readonly StoredEvent[], at: string) {
  const used = new Set(events.map(({ signature }) => signature?.key_id));
  return keys
    .map((place, index) => ({ place, pointer: `${at}/agent_keys/${index}` }))
    .filter(({ place }) => used.has(place.key_id));
}

/** All answers together are one chain without gaps, which none of the heads contradicts. */
function checkChain(answers: readonly SessionAnswer[]): void {
  const session = answers[0]?.session;
  let place: ChainPlace = { nextSeq: answers[0]?.from_seq ?? 1, lastHash: undefined };
  answers.forEach((answer, index) => {
    const at = `${AT}/${index}/answer`;
    check(answer.session === session, 'LOCATOR_MISMATCH', `${at}/session`, `expected ${session}`);
    check(answer.challenge === answers[0]?.challenge, 'CHALLENGE_MISMATCH', `${at}/challenge`, 'it is another one');
    const isNext = answer.from_seq === place.nextSeq;
    check(isNext, 'CHAIN_BROKEN', `${at}/from_seq`, `expected ${place.nextSeq}`);
    checkKeys(answer, at);
    place = answer.records.reduce((from, record) => checkRecord(record, answer, from, at), place);
    checkHead(answer, place, `${at}/head`);
  });
}

function checkRecord(record: RecordedEvents, answer: SessionAnswer, from: ChainPlace, answerAt: string): ChainPlace {
  const at = `${answerAt}/records/${answer.records.indexOf(record)}`;
  check(record.first_seq === from.nextSeq, 'CHAIN_BROKEN', `${at}/first_seq`, `expected ${from.nextSeq}`);
  return record.events.reduce((place, event, index) => {
    checkEvent(event, answer.session, place, `${at}/events/${index}`);
    checkSignature(event, answer, { event: `${at}/events/${index}`, answer: answerAt });
    return { nextSeq: place.nextSeq + 1, lastHash: event.hash };
  }, from);
}

function checkEvent({ core, hash }: StoredEvent, session: string, { nextSeq, lastHash }: ChainPlace, at: string): void {
  check(hashCore(core) === hash, 'EVENT_HASH_MISMATCH', `${at}/hash`, 'the core has another hash');
  check(formatSession(core) === session, 'LOCATOR_MISMATCH', `${at}/core`, `it is of ${formatSession(core)}`);
  check(core.seq === nextSeq, 'CHAIN_BROKEN', `${at}/core/seq`, `expected ${nextSeq}`);
  const previous = core.seq === 1 ? CHAIN_START : lastHash;
  const isLinked = previous === undefined || core.prev_hash === previous;
  check(isLinked, 'CHAIN_BROKEN', `${at}/core/prev_hash`, 'it is not the hash of the event before');
}

/** An event's key is among those of its answer. */
function checkSignature(
  event: StoredEvent,
  { agent_keys: keys = [] }: SessionAnswer,
  at: { event: string; answer: string },
): void {
  const index = keys.findIndex(({ key_id: id }) => id === event.signature?.key_id);
  const key = index < 0 ? `${at.event}/signature` : `${at.answer}/agent_keys/${index}`;
  checkAgentSignature(event, keys[index], { event: at.event, key });
}

/** No key is there twice, and none that signed nothing here. */
function checkKeys({ agent_keys: keys = [], records }: SessionAnswer, at: string): void {
  const used = [...new Set(records.flatMap(({ events }) => events.map(({ signature }) => signature?.key_id)))];
  const expected = used.filter((id) => id !== undefined);
  keys.forEach(({ key_id: id }, index) => {
    check(id === expected[index], 'AGENT_KEY_MISMATCH', `${at}/agent_keys/${index}`, `expected ${expected[index]}`);
  });
}

/** The head is of this session, and its end is either these events' or behind them. */
function checkHead({ session, head, records }: SessionAnswer, { nextSeq, lastHash }: ChainPlace, at: string): void {
  check(formatSession(head) === session, 'LOCATOR_MISMATCH', at, `it is of ${formatSession(head)}`);
  check(head.seq >= nextSeq - 1, 'HEAD_MISMATCH', `${at}/seq`, `there is an event ${nextSeq - 1}`);
  if (head.seq > nextSeq - 1) return;
  check(head.hash === lastHash, 'HEAD_MISMATCH', `${at}/hash`, `event ${head.seq} has another hash`);
  const isOpen = records.at(-1)?.events.at(-1)?.core.event_type !== 'session_end';
  check(head.open === isOpen, 'HEAD_MISMATCH', `${at}/open`, `the session is ${isOpen ? 'open' : 'closed'}`);
}
