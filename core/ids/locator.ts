import { AuditError } from '../errors.js';
import { ownEventId } from '../event/schema.js';
import { decodeIdPart, encodeIdPart } from './encode.js';

/** One session of one agent of one organization: the unit that has a chain. */
export interface SessionRef {
  owner: string;
  agent_id: string;
  session_id: string;
}

/** One event by its place: `owner~agent~session~seq`. It resolves to its key without a lookup. */
export interface Locator extends SessionRef {
  seq: number;
}

/** What an event id can be: a place, or an id that its owner gave. `owner` is absent for an id of the asker's own. */
export type EventRef = { kind: 'locator'; locator: Locator } | { kind: 'own'; owner?: string; eventId: string };

const SEQ = /^[1-9]\d{0,11}$/;

export function formatSession(session: SessionRef): string {
  return `${encodeIdPart(session.owner)}~${encodeIdPart(session.agent_id)}~${encodeIdPart(session.session_id)}`;
}

export function formatLocator(locator: Locator): string {
  return `${formatSession(locator)}~${locator.seq}`;
}

/** @throws {AuditError} INVALID_ID */
export function parseSession(text: string): SessionRef {
  const parts = text.split('~');
  if (parts.length !== 3 || parts.includes('')) throw invalid(text, 'owner~agent~session');
  const [owner = '', agent_id = '', session_id = ''] = parts.map(decodeIdPart);
  return { owner, agent_id, session_id };
}

/** @throws {AuditError} INVALID_ID */
export function parseEventRef(text: string): EventRef {
  const parts = text.split('~');
  if (parts.length === 4) {
    const seq = parts[3] ?? '';
    if (!SEQ.test(seq)) throw invalid(text, 'a locator that ends in a sequence number');
    return { kind: 'locator', locator: { ...parseSession(parts.slice(0, 3).join('~')), seq: Number(seq) } };
  }
  // A bare own id is taken as its owner wrote it; behind an owner it is encoded, as in every locator.
  const eventId = parts.length === 1 ? text : decodeIdPart(parts.at(-1) ?? '');
  if (parts.length > 2 || parts[0] === '' || !ownEventId.safeParse(eventId).success) {
    throw invalid(text, 'an own id, owner~own id, or owner~agent~session~seq');
  }
  return parts.length === 1 ? { kind: 'own', eventId } : { kind: 'own', owner: decodeIdPart(parts[0] ?? ''), eventId };
}

export function formatOwnId(owner: string, eventId: string): string {
  return `${encodeIdPart(owner)}~${encodeIdPart(eventId)}`;
}

function invalid(text: string, expected: string): AuditError {
  return new AuditError('INVALID_ID', `"${text.slice(0, 80)}" is not ${expected}`);
}
