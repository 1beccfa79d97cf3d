import type { EventView } from '../../core/index.js';
import type { References } from './references.js';

/**
 * Which intent belongs to which outcome, by locator in both directions: by the outcome's `intent_event_id`, else by the
 * tool's `call_id` in the order of the chain (call ids are reused, so the oldest open intent is meant).
 */
export function pairEvents(events: readonly EventView[], references: References): Map<string, string> {
  const pairs = new Map<string, string>();
  const open = new Map<string, EventView[]>();
  for (const event of events) {
    const key = callKey(event);
    if (event.core.phase === 'intent' && key !== undefined) open.set(key, [...(open.get(key) ?? []), event]);
    if (event.core.phase !== 'outcome') continue;
    const named = references.find(event, event.core.intent_event_id);
    const intent = named ?? (key === undefined ? undefined : open.get(key)?.find(({ locator }) => !pairs.has(locator)));
    if (!intent || pairs.has(intent.locator)) continue;
    pairs.set(intent.locator, event.locator);
    pairs.set(event.locator, intent.locator);
  }
  return pairs;
}

function callKey({ core }: EventView): string | undefined {
  const callId = core.tool?.call_id;
  return callId === undefined ? undefined : JSON.stringify([core.owner, core.agent_id, callId]);
}
