import { AuditError, canonicalize, LIMITS, parseEventRef, recordKey, TRANSACTIONS } from '../../core/index.js';
import type { JsonValue, Locator, QueryAnswer, QueryEvidence } from '../../core/index.js';
import type { Answer, RecordVersion } from '../answer.js';
import { check, refuse } from '../faults.js';
import type { Findings } from '../report.js';
import { heightApart, say } from '../statements.js';
import type { Statement } from '../statements.js';
import type { Form } from './form.js';
import { checkPayload, versionOf } from './reads.js';

const AT = '/query/answer';

export interface QuerySummary {
  words: string;
  hits: number;
  /** Whether more events fit, which are not in this file. */
  more: boolean;
}

/** That peers answered a query so. */
export function queryForm({ query: { answer, signed } }: QueryEvidence): Form {
  const question = canonicalize(answer.query as JsonValue, LIMITS.envelopeDepth);
  const summary = { words: question, hits: answer.hits.length, more: answer.next_cursor !== undefined };
  return {
    challenge: { text: answer.challenge, at: `${AT}/challenge` },
    checkItself: () => void readPlaces(answer),
    parts: [
      {
        at: '/query/signed',
        signed,
        call: [TRANSACTIONS.proveQuery, question, answer.challenge],
        check: (content) => {
          checkPayload(answer, content, AT);
          return { versions: checkReads(answer, content), agentKeys: [] };
        },
      },
    ],
    report: (findings) => ({
      subject: { query: summary },
      time: {},
      statements: statements(summary, findings),
      disputedBy: [],
    }),
  };
}

/** Each hit is an event of its own, in a record that can hold it. */
function readPlaces({ hits }: QueryAnswer): Locator[] {
  const seen = new Set<string>();
  return hits.map(({ locator: text, record_first_seq: first }, index) => {
    const at = `${AT}/hits/${index}/locator`;
    const locator = parse(text, at);
    check(!seen.has(text), 'LOCATOR_MISMATCH', at, 'it is there twice');
    seen.add(text);
    const isWithin = first <= locator.seq && locator.seq < first + LIMITS.eventsPerRecord;
    check(isWithin, 'LOCATOR_MISMATCH', at, 'its record cannot hold it');
    return locator;
  });
}

function parse(text: string, at: string): Locator {
  try {
    const ref = parseEventRef(text);
    if (ref.kind === 'locator') return ref.locator;
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
  }
  return refuse('LOCATOR_MISMATCH', at, 'it is not a locator');
}

function checkReads(answer: QueryAnswer, content: Answer): RecordVersion[] {
  return readPlaces(answer).map((locator, index) => {
    const key = recordKey(locator, answer.hits[index]?.record_first_seq ?? 0);
    return (
      versionOf(content, key) ?? refuse('RECORD_NOT_READ', '/query/signed/response_payload', `no version of ${key}`)
    );
  });
}

function statements({ hits, more }: QuerySummary, { trusted, contract }: Findings): Statement[] {
  const found = `To this query they answered ${hits} events, in this order${more ? ', and that there are more' : ''}`;
  return [
    say('attested', trusted, `${found} (${contract}).`),
    ...(hits > 0
      ? [
          say(
            'attested',
            trusted,
            'Each of these events stands on the ledger, in a record that a valid transaction wrote.',
          ),
        ]
      : []),
    say(
      'not_checked',
      [],
      'That no other event fits: a rich query carries no proof of it, only the word of who signed.',
    ),
    say('not_checked', [], 'What the events say: ask for the evidence of each.'),
    heightApart(),
  ];
}
