import {
  AuditError,
  formatLocator,
  hashCore,
  LIMITS,
  recordKey,
  TRANSACTIONS,
  verifyPresentOpenings,
} from '../../core/index.js';
import type { EventEvidence } from '../../core/index.js';
import type { Answer } from '../answer.js';
import { checkBlock } from '../block/check-block.js';
import { check, refuse } from '../faults.js';
import { checkAgentKeyReads, checkAgentSignature } from './agent-key.js';
import { describeEvent, eventStatements } from './event-statements.js';
import type { Form, Found } from './form.js';
import { checkPayload, versionOf } from './reads.js';

const AT = '/event/answer';

/** That an event is on the ledger; in the full form, with its block. */
export function eventForm(evidence: EventEvidence): Form {
  const { answer, signed } = evidence.event;
  const { event, challenge } = answer;
  const { block, checkpoints } = evidence;
  return {
    challenge: { text: challenge, at: `${AT}/challenge` },
    checkItself: () => checkEvent(evidence),
    parts: [
      {
        at: '/event/signed',
        signed,
        call: [TRANSACTIONS.proveEvent, event.locator, challenge],
        check: (content) => checkEventAnswer(evidence, content),
      },
    ],
    ...(block && {
      checkBlock: (record, trust) => {
        const place = { proof: answer, record, checkpoints: checkpoints.map((checkpoint) => checkpoint.answer) };
        return checkBlock(block, place, trust);
      },
    }),
    report: (findings) => ({
      subject: { event: { locator: event.locator, hash: event.hash, words: describeEvent(event.core) } },
      time: { claimed: event.core.timestamp, recorded_at: event.recorded_at },
      statements: eventStatements(evidence, findings),
      disputedBy: answer.entries.filter(({ kind }) => kind === 'disputed').map(({ recorded_by }) => recorded_by.msp_id),
    }),
  };
}

/** That the event is in itself what it says: its locator, its hash, its agent's signature, what opens its commitments. */
function checkEvent({ event: { answer, openings } }: EventEvidence): void {
  const { core, hash, locator } = answer.event;
  const at = `${AT}/event`;
  check(formatLocator(core) === locator, 'LOCATOR_MISMATCH', `${at}/locator`, `it would be ${formatLocator(core)}`);
  check(hashCore(core) === hash, 'EVENT_HASH_MISMATCH', `${at}/hash`, 'the core has another hash');
  checkAgentSignature(answer.event, answer.agent_key, { event: at, key: `${AT}/agent_key` });
  try {
    verifyPresentOpenings(core, openings ?? {});
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    refuse('COMMITMENT_MISMATCH', `/event${error.errors[0]?.pointer ?? '/openings'}`, error.message);
  }
}

/** That the signed bytes say of the event what the file says; where its record and its agent's key were written. */
function checkEventAnswer({ event: { answer } }: EventEvidence, signed: Answer): Found {
  checkPayload(answer, signed, AT);
  const { core } = answer.event;
  const key = recordKey(core, answer.record_first_seq);
  const version = versionOf(signed, key);
  const isWithin = answer.record_first_seq <= core.seq && core.seq < answer.record_first_seq + LIMITS.eventsPerRecord;
  if (!version || !isWithin) return refuse('RECORD_NOT_READ', '/event/signed/response_payload', `no version of ${key}`);
  const agentKey = checkAgentKeyReads(answer.agent_key, signed, version, `${AT}/agent_key`);
  return { versions: [version], agentKeys: agentKey ? [agentKey] : [] };
}
