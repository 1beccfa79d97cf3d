import { aliasKey, AuditError, formatSession, headKey, parseEventRef, TRANSACTIONS } from '../../core/index.js';
import type { AbsenceAnswer, AbsenceEvidence, EventRef, Locator } from '../../core/index.js';
import type { Answer, RecordVersion } from '../answer.js';
import { check, refuse } from '../faults.js';
import type { Findings } from '../report.js';
import { heightApart, say } from '../statements.js';
import type { Statement } from '../statements.js';
import type { Form } from './form.js';
import { checkEnd, checkPayload, isReadAbsent, versionOf } from './reads.js';

const AT = '/absence/answer';
const SIGNED = '/absence/signed';

export interface AbsenceSummary {
  reference: string;
  words: string;
}

/** That there was no event by an id. */
export function absenceForm({ absence: { answer, signed } }: AbsenceEvidence): Form {
  const words = `no event ${answer.reference}`;
  return {
    challenge: { text: answer.challenge, at: `${AT}/challenge` },
    checkItself: () => void readReference(answer),
    parts: [
      {
        at: SIGNED,
        signed,
        call: [TRANSACTIONS.proveAbsence, answer.reference, answer.challenge],
        check: (content) => {
          checkPayload(answer, content, AT);
          return { versions: checkReads(answer, readReference(answer), content), agentKeys: [] };
        },
      },
    ],
    report: (findings) => ({
      subject: { absence: { reference: answer.reference, words } },
      time: {},
      statements: statements(answer, findings),
      disputedBy: [],
    }),
  };
}

/** An id that means the same to everybody; a locator comes with its session's head, which ends before it. */
function readReference({ reference, head }: AbsenceAnswer): EventRef {
  const ref = parse(reference);
  const isWhole = ref.kind === 'locator' ? head !== undefined : ref.owner !== undefined && head === undefined;
  check(isWhole, 'MALFORMED_EVIDENCE', AT, 'the reference and the head do not belong together');
  if (ref.kind === 'locator' && head) checkHead(head, ref.locator);
  return ref;
}

function parse(reference: string): EventRef {
  try {
    return parseEventRef(reference);
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    return refuse('MALFORMED_EVIDENCE', `${AT}/reference`, error.message);
  }
}

function checkHead(head: NonNullable<AbsenceAnswer['head']>, locator: Locator): void {
  const isOf = formatSession(head) === formatSession(locator);
  check(isOf, 'LOCATOR_MISMATCH', `${AT}/head`, `it is of ${formatSession(head)}`);
  check(head.seq < locator.seq, 'NOT_ABSENT', `${AT}/head/seq`, `the session has ${head.seq} events`);
}

function checkReads({ head }: AbsenceAnswer, ref: EventRef, content: Answer): RecordVersion[] {
  const at = `${SIGNED}/response_payload`;
  if (ref.kind === 'own') {
    const key = aliasKey(ref.owner ?? '', ref.eventId);
    check(isReadAbsent(content, key), 'ABSENCE_NOT_READ', at, `${key} was not read as absent`);
    return [];
  }
  const key = headKey(ref.locator);
  checkEnd(content, ref.locator, head?.seq ?? 0, SIGNED);
  if (head) return [versionOf(content, key) ?? refuse('HEAD_NOT_READ', at, `no version of ${key}`)];
  check(isReadAbsent(content, key), 'ABSENCE_NOT_READ', at, `${key} was not read as absent`);
  return [];
}

function statements({ reference, head }: AbsenceAnswer, { trusted, contract }: Findings): Statement[] {
  const why = {
    alias: 'nobody had recorded an event with this id of its own',
    session: 'its session had no events at all',
    end: `its session ended at event ${head?.seq}, and sessions have no gaps`,
  };
  const reason = head === undefined ? why.alias : head === null ? why.session : why.end;
  return [
    say('attested', trusted, `There was no event ${reference}: ${reason} (${contract}).`),
    say('not_checked', [], 'Whether such an event was recorded later, or under another id.'),
    heightApart(),
  ];
}
