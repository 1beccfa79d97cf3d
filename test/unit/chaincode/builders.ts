import { CanonicalMembers, CHAIN_START, LIMITS, postedEvent, sealEvent } from '../../../core/index.js';
import type { PostedEventInput, SessionRef, Submission } from '../../../core/index.js';
import type { Stamp } from '../../../chaincode/context.js';
import { writeJson } from '../../../chaincode/json.js';
import { buildRecord } from '../../../chaincode/recording/build-documents.js';
import { checkEvent } from '../../../chaincode/recording/check-event.js';
import type { CheckedEvent } from '../../../chaincode/recording/check-event.js';
import { PayloadDocuments } from '../../../chaincode/recording/payload-documents.js';
import { splitRecords } from '../../../chaincode/recording/split-records.js';
import type { RecordDocument } from '../../../chaincode/state/documents.js';
import { saltCounter } from '../core/arbitraries.js';

export const SESSION: SessionRef = { owner: 'OperatorMSP', agent_id: 'agent', session_id: 'session' };

/** Time of the fixtures' transactions. */
export const RECORDED_AT = '2026-11-24T10:00:00.000000000Z';

/** What records of the fixtures say of their transaction. */
export const STAMP: Stamp = {
  recorded_at: RECORDED_AT,
  recorded_by: { msp_id: SESSION.owner, certificate_sha256: '0'.repeat(64) },
  tx_id: 'f'.repeat(64),
};

/** Consecutive sealed events of a session, one for each posting, from `seq` 1 on unless `tip` says otherwise. */
export function chain(
  postings: readonly Partial<PostedEventInput>[],
  session = SESSION,
  tip: { seq: number; hash: string } = { seq: 0, hash: CHAIN_START },
  newSalt = saltCounter(),
): Submission[] {
  let { seq, hash: prevHash } = tip;
  return postings.map((posting) => {
    const posted = postedEvent.parse({
      event_type: 'tool_call',
      timestamp: '2025-06-01T09:30:00Z',
      ...posting,
      agent_id: session.agent_id,
      session_id: session.session_id,
    });
    const sealed = sealEvent(posted, { owner: session.owner, seq: ++seq, prevHash }, newSalt);
    prevHash = sealed.hash;
    return sealed;
  });
}

/** The events of a session as the contract has checked them, in a transaction that is later than all of them. */
export function checkAll(events: readonly Submission[], session = SESSION): CheckedEvent[] {
  const against = { texts: new CanonicalMembers([], LIMITS.depth), recordedAtMs: Date.parse('9999-01-01T00:00:00Z') };
  return events.map((event) => checkEvent(event, session, against));
}

/** The records that the contract would make of a session's events. */
export function recordsOf(
  events: readonly Submission[],
  session = SESSION,
  recordedAt = RECORDED_AT,
): RecordDocument[] {
  const recordedBy = { ...STAMP.recorded_by, msp_id: session.owner };
  const stamp = { ...STAMP, recorded_at: recordedAt, recorded_by: recordedBy };
  const payloads = new PayloadDocuments({ putPayload: () => undefined });
  const records = splitRecords(checkAll(events, session)).map((part) =>
    buildRecord(session, part, stamp, payloads.add(part)),
  );
  return records.map((record) => JSON.parse(writeJson(record)) as RecordDocument);
}
