import {
  aliasKey,
  canonicalize,
  CHAIN_START,
  formatLocator,
  formatSession,
  headKey,
  LIMITS,
  postedEvent,
  recordKey,
  recordsEnd,
  sealEvent,
} from '../../../core/index.js';
import type { EvidenceFile, JsonValue, SealedEvent } from '../../../core/index.js';
import type { Signers } from './forge-evidence.js';
import type { AnswerPlan } from './sign-answer.js';
import { signEvidence } from './sign-evidence.js';
import type { Asked, SigningForgery } from './sign-evidence.js';

type FileOf<Form extends EvidenceFile['form']> = Extract<EvidenceFile, { form: Form }>;
export type SessionAnswerFile = FileOf<'session'>['session'][number]['answer'];
export type AbsenceAnswerFile = FileOf<'absence'>['absence']['answer'];
export type QueryAnswerFile = FileOf<'query'>['query']['answer'];

export const CHALLENGE = 'asked-by-a-test';
export const SESSION = { owner: 'OperatorMSP', agent_id: 'support-bot', session_id: 'session-1' };
const HASH = '5a'.repeat(32);
const TIME = '2026-01-02T03:04:05.000000000Z';
const VERSION: [number, number] = [7, 1];

/** What the organizations sign together in place of an honest answer. */
export interface FormForgery<Answer> extends SigningForgery {
  answer?: (answer: Answer) => void;
  /** Of every answer. */
  plan?: Partial<AnswerPlan>;
}

/** Four events in three records, told in two answers: events 1 and 2, then 3, then 4, which ends the session. */
export async function forgeSession(
  signers: Signers,
  {
    answers: change,
    plan,
    ...forgery
  }: SigningForgery & { answers?: (answers: SessionAnswerFile[]) => void; plan?: Partial<AnswerPlan> } = {},
): Promise<FileOf<'session'>> {
  const events = sealChain(4);
  const answers = [tell(events, [[1, 2]]), tell(events, [[3], [4]])];
  change?.(answers);
  const asked = answers.map((answer) => ({ ...askedSession(answer), ...plan }));
  const { signed, common } = await signEvidence(signers, asked, CHALLENGE, forgery);
  return {
    ...common,
    form: 'session',
    session: answers.flatMap((answer, index) => (signed[index] ? [{ answer, signed: signed[index] }] : [])),
  };
}

export async function forgeAbsence(
  signers: Signers,
  { answer: change, plan, ...forgery }: FormForgery<AbsenceAnswerFile> = {},
  reference = formatLocator({ ...SESSION, seq: 5 }),
): Promise<FileOf<'absence'>> {
  const answer: AbsenceAnswerFile = { challenge: CHALLENGE, reference };
  if (reference.split('~').length === 4) answer.head = headOf(sealChain(4));
  change?.(answer);
  const asked: Asked = {
    call: ['ProveAbsence', answer.reference, CHALLENGE],
    payload: canonical(answer),
    ...readsOfAbsence(answer),
    ...plan,
  };
  const { signed, common } = await signEvidence(signers, [asked], CHALLENGE, forgery);
  return { ...common, form: 'absence', absence: { answer, signed: signed[0] ?? never() } };
}

export async function forgeQuery(
  signers: Signers,
  { answer: change, plan, ...forgery }: FormForgery<QueryAnswerFile> = {},
): Promise<FileOf<'query'>> {
  const hits = sealChain(2).map(({ core, hash }) => ({ locator: formatLocator(core), hash, record_first_seq: 1 }));
  const answer: QueryAnswerFile = { challenge: CHALLENGE, query: { by: 'timestamp', order: 'asc', limit: 50 }, hits };
  change?.(answer);
  const asked: Asked = {
    call: ['ProveQuery', canonical(answer.query), CHALLENGE],
    payload: canonical(answer),
    reads: [{ key: recordKey(SESSION, 1), version: VERSION }],
    ...plan,
  };
  const { signed, common } = await signEvidence(signers, [asked], CHALLENGE, forgery);
  return { ...common, form: 'query', query: { answer, signed: signed[0] ?? never() } };
}

export function endOfSession(seq: number): NonNullable<AnswerPlan['ranges']>[number] {
  return { start: recordKey(SESSION, seq + 1), end: recordsEnd(SESSION), exhausted: true };
}

function sealChain(count: number): SealedEvent[] {
  const chain: SealedEvent[] = [];
  for (let seq = 1; seq <= count; seq++) {
    const event_type = seq === count ? 'session_end' : 'tool_call';
    const posted = postedEvent.parse({
      event_type,
      timestamp: TIME,
      agent_id: SESSION.agent_id,
      session_id: SESSION.session_id,
    });
    const place = { owner: SESSION.owner, seq, prevHash: chain.at(-1)?.hash ?? CHAIN_START };
    chain.push(sealEvent(posted, place, () => '0f'.repeat(16)));
  }
  return chain;
}

function tell(events: readonly SealedEvent[], records: readonly number[][]): SessionAnswerFile {
  return {
    challenge: CHALLENGE,
    session: formatSession(SESSION),
    from_seq: records[0]?.[0] ?? 1,
    records: records.map((seqs) => ({
      first_seq: seqs[0] ?? 1,
      recorded_at: TIME,
      recorded_by: { msp_id: SESSION.owner, certificate_sha256: HASH },
      tx_id: HASH,
      payload: 'none',
      events: seqs.flatMap((seq) => events[seq - 1] ?? []).map(({ core, hash }) => ({ core, hash })),
    })),
    head: headOf(events),
    entries: [],
    entries_complete: true,
  };
}

function headOf(events: readonly SealedEvent[]): SessionAnswerFile['head'] {
  const hash = events.at(-1)?.hash ?? HASH;
  const times = { from: TIME, to: TIME, first_recorded_at: TIME, last_recorded_at: TIME };
  return { ...SESSION, seq: events.length, hash, open: false, ...times };
}

function askedSession(answer: SessionAnswerFile): Asked {
  return {
    call: ['ProveSession', answer.session, String(answer.from_seq), CHALLENGE],
    payload: canonical(answer),
    reads: [
      { key: headKey(SESSION), version: VERSION },
      ...answer.records.map(({ first_seq }) => ({ key: recordKey(SESSION, first_seq), version: VERSION })),
    ],
    ranges: [endOfSession(answer.head.seq)],
  };
}

function readsOfAbsence({ reference, head }: AbsenceAnswerFile): Pick<AnswerPlan, 'reads' | 'ranges'> {
  const [owner = '', id = ''] = reference.split('~');
  if (head === undefined) return { reads: [{ key: aliasKey(owner, id) }] };
  return {
    reads: [{ key: headKey(SESSION), ...(head && { version: VERSION }) }],
    ranges: [endOfSession(head?.seq ?? 0)],
  };
}

function canonical(value: object): string {
  return canonicalize(value as JsonValue, LIMITS.envelopeDepth);
}

function never(): never {
  throw new Error('one answer was asked for');
}
