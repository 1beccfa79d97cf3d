import { normalizeTimestamp } from '../../core/index.js';
import type { EventView } from '../../core/index.js';
import type { References } from './references.js';

/**
 * One order for the events of several chains: each chain keeps its own; between chains the earlier timestamp goes first,
 * and no event goes before its parent. Clocks differ, chains do not: where the two contradict, the chain holds.
 */
export function mergeChains(chains: readonly (readonly EventView[])[], references: References): EventView[] {
  const next = chains.map(() => 0);
  const done = new Set<string>();
  const merged: EventView[] = [];
  const isFree = (event: EventView): boolean => {
    const parent = references.find(event, event.core.parent_event_id);
    return !parent || done.has(parent.locator) || parent.locator === event.locator;
  };
  for (;;) {
    const heads = chains.flatMap((chain, index) => {
      const event = chain[next[index] ?? 0];
      return event ? [{ event, index }] : [];
    });
    const [first, ...others] = heads.some(({ event }) => isFree(event))
      ? heads.filter(({ event }) => isFree(event))
      : heads;
    if (!first) return merged;
    const chosen = others.reduce((best, head) => (timeOf(head.event) < timeOf(best.event) ? head : best), first);
    merged.push(chosen.event);
    done.add(chosen.event.locator);
    next[chosen.index] = (next[chosen.index] ?? 0) + 1;
  }
}

/** The event's own time in the sortable form. */
export function timeOf({ core }: EventView): string {
  return normalizeTimestamp(core.timestamp) ?? core.timestamp;
}
