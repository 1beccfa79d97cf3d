import { formatLocator, formatOwnId, parseEventRef } from '../../core/index.js';
import type { EventView } from '../../core/index.js';

/** Finds events of a session by what other events call them: a locator, `owner~own id`, or an own id of their owner. */
export class References {
  readonly #byName = new Map<string, EventView>();

  constructor(events: readonly EventView[]) {
    for (const event of events) {
      this.#byName.set(event.locator, event);
      const { event_id: ownId, owner } = event.core;
      if (ownId !== undefined) this.#byName.set(formatOwnId(owner, ownId), event);
    }
  }

  /** The event that `from` refers to, where it is in this session. */
  find(from: EventView, reference: string | undefined): EventView | undefined {
    const name = reference === undefined ? undefined : fullName(reference, from.core.owner);
    return name === undefined ? undefined : this.#byName.get(name);
  }
}

function fullName(reference: string, asker: string): string | undefined {
  try {
    const parsed = parseEventRef(reference);
    return parsed.kind === 'locator'
      ? formatLocator(parsed.locator)
      : formatOwnId(parsed.owner ?? asker, parsed.eventId);
  } catch {
    return undefined; // an agent may name a parent that is no event of this ledger
  }
}
