import { COMMITTED_FIELDS } from '../../core/index.js';
import type { SessionAnswer } from '../../core/index.js';
import type { Findings } from '../report.js';
import { heightApart, list, say } from '../statements.js';
import type { Statement } from '../statements.js';
import { keyHistory, nameOf } from './agent-key-statements.js';

export interface SessionSummary {
  /** `owner~agent~session` */
  session: string;
  words: string;
  first_seq: number;
  last_seq: number;
  /** Hash of the last event. */
  last_hash: string;
  /** Whether the events reach to the end of the session, as it was when it was asked for. */
  to_the_end: boolean;
  /** Whether the session went on: its last event, in this file or behind it, is not a `session_end`. */
  open: boolean;
}

export function summarizeSession(answers: readonly SessionAnswer[]): SessionSummary {
  const last = answers.at(-1);
  const events = answers.flatMap(({ records }) => records.flatMap((record) => record.events));
  const [firstEvent, lastEvent] = [events[0], events.at(-1)];
  if (!last || !firstEvent || !lastEvent) throw new RangeError('the format has at least one event');
  const { agent_id, owner, session_id } = last.head;
  const [first, end] = [firstEvent.core.seq, lastEvent.core.seq];
  const isAll = end === last.head.seq;
  const state = last.head.open ? 'open' : 'closed';
  const words = `${agent_id} of ${owner}, session ${session_id}: events ${first} to ${end} of ${last.head.seq}, ${state}`;
  return {
    session: last.session,
    words,
    first_seq: first,
    last_seq: end,
    last_hash: lastEvent.hash,
    to_the_end: isAll,
    open: last.head.open,
  };
}

export function sessionStatements(
  answers: readonly SessionAnswer[],
  summary: SessionSummary,
  { trusted, contract, versions, agentKeys }: Findings,
): Statement[] {
  const { first_seq: first, last_seq: last } = summary;
  const owner = answers[0]?.head.owner ?? '';
  const blocks = versions.map(({ block }) => block);
  const wrote = `Valid transactions in blocks ${Math.min(...blocks)} to ${Math.max(...blocks)} wrote its records`;
  return [
    say(
      'proven',
      [],
      `Events ${first} to ${last} are one chain: each names the hash of the one before, none is left out.`,
    ),
    ...(first === 1 ? [say('proven', [], 'The chain starts with the first event of the session.')] : []),
    ...agentKeys.map((key) => say('proven', [], `The key ${nameOf(key)} signed those events that name it.`)),
    ...reach(answers, summary, trusted),
    say('attested', trusted, `${wrote} (${contract}).`),
    ...agentKeys.map((key) => say('attested', trusted, keyHistory(key, 'what it signed'))),
    say('attested', trusted, `Of these events was said: ${history(answers)}.`),
    say('claimed', [owner], 'What the events say, and when they happened.'),
    ...notChecked(answers, summary),
    heightApart(),
  ];
}

/** How far completeness goes, and on whose word. */
function reach(answers: readonly SessionAnswer[], summary: SessionSummary, trusted: readonly string[]): Statement[] {
  const end = answers.at(-1)?.head.seq ?? 0;
  if (!summary.to_the_end) {
    const more = `The session went on to event ${end}: those behind event ${summary.last_seq} are not in this file.`;
    return [say('attested', trusted, more)];
  }
  const state = summary.open ? 'It was open: more may have followed' : 'It was closed by a session_end';
  return [
    say(
      'attested',
      trusted,
      `Event ${end} was the last one that each organization held; nothing was behind it. ${state}.`,
    ),
  ];
}

function history(answers: readonly SessionAnswer[]): string {
  const entries = answers.flatMap((answer) => answer.entries);
  const said = entries.map(({ kind, recorded_by, seq }) => `${kind} by ${recorded_by.msp_id} (event ${seq})`);
  const isComplete = answers.every((answer) => answer.entries_complete);
  return `${said.length === 0 ? 'nothing' : list(said)}${isComplete ? '' : ', and more'}`;
}

function notChecked(answers: readonly SessionAnswer[], { first_seq: first }: SessionSummary): Statement[] {
  const all = answers.flatMap(({ records }) => records.flatMap(({ events }) => events));
  const unsigned = all.filter(({ signature }) => !signature).length;
  const isCommitted = all.some(({ core: { commitments } }) => COMMITTED_FIELDS.some((field) => commitments[field]));
  return [
    ...(first > 1 ? [`The events before event ${first}: only the hash of the last of them is here.`] : []),
    ...(unsigned > 0 ? [`Whether the agent made ${unsigned} of the events: only its gateway says so.`] : []),
    ...(isCommitted ? ['The values that the events commit to: this form does not have them.'] : []),
    "The blocks' own bytes: this form does not have them.",
  ].map((sentence) => say('not_checked', [], sentence));
}
