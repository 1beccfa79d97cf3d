import { formatSession } from '../../core/index.js';
import type { PostedEventInput } from '../../core/index.js';

let count = 0;

/** An event that is valid and unlike every other; fields given replace its own. */
export function newEvent(fields: Partial<PostedEventInput> = {}): PostedEventInput {
  count++;
  return {
    event_type: 'tool_call',
    timestamp: new Date().toISOString(),
    agent_id: 'support-bot',
    session_id: `session-${count}`,
    tool: 'lookup_order',
    status: 'ok',
    confidence: 0.9,
    input: { order: count },
    output: { state: 'shipped', weight: 1.5, note: 'grüße \u0000 \u{1F600}' },
    ...fields,
  };
}

let sessions = 0;

export function newSession(): string {
  return `s${++sessions}-${Math.random().toString(36).slice(2, 8)}`;
}

/** The full id of a session of `newEvent` at the operator: it is found without a rich query. */
export function chainOf(session_id: string): string {
  return formatSession({ owner: 'OperatorMSP', agent_id: 'support-bot', session_id });
}
