import { randomBytes } from 'node:crypto';

/** Events of all systems alike: about 1 KB of JSON each, of the product's own shape. */
export interface BenchEvent {
  event_id?: string;
  event_type: string;
  timestamp: string;
  agent_id: string;
  session_id: string;
  tool: string;
  status: string;
  confidence: number;
  labels: { order: string };
  input: { order: string };
  output: { text: string };
}

/** How writers spread over sessions, and whether they bring ids of their own. */
export interface Shape {
  sessions: number;
  ownIds: boolean;
}

export const MANY_SESSIONS = 1000;
export const FEW_SESSIONS = 4;
const EVENT_BYTES = 1024;
const AGENTS = 20;

/** Hexadecimal text that does not compress to nothing, cut to fill each event. */
const filling = randomBytes(EVENT_BYTES).toString('hex');
let made = 0;
let posts = 0;

/** Events of now, of one session: one post. The sessions take turns. */
export function newPost(run: string, shape: Shape, size: number): BenchEvent[] {
  const turn = posts++ % shape.sessions;
  const place = { agent_id: `agent-${turn % AGENTS}`, session_id: `${run}-${turn}` };
  const timestamp = new Date().toISOString();
  return Array.from({ length: size }, () =>
    newEvent({ ...place, timestamp }, `o-${made}`, shape.ownIds ? `own-${run}-${made}` : undefined),
  );
}

function newEvent(
  place: Pick<BenchEvent, 'agent_id' | 'session_id' | 'timestamp'>,
  order: string,
  ownId: string | undefined,
): BenchEvent {
  made++;
  const event: BenchEvent = {
    ...(ownId !== undefined && { event_id: ownId }),
    event_type: 'tool_call',
    ...place,
    tool: 'lookup_order',
    status: 'ok',
    confidence: 0.9,
    labels: { order },
    input: { order },
    output: { text: '' },
  };
  event.output.text = filling.slice(0, EVENT_BYTES - JSON.stringify(event).length);
  return event;
}

/**
 * What is on the ledger before anything is measured: agents of 1,000 events over ten days, sessions of 50 events in 50
 * seconds, an id of the caller's own each, a label that five events share.
 */
export class Seed {
  static readonly #agentEvents = 1000;
  static readonly #sessionEvents = 50;
  readonly #start = Date.now() - 11 * 86_400_000;

  constructor(readonly events: number) {}

  /** The events in posts of two sessions each. */
  *posts(): Generator<BenchEvent[]> {
    for (let first = 0; first < this.events; first += 100) {
      const size = Math.min(100, this.events - first);
      yield Array.from({ length: size }, (_, index) => this.#event(first + index));
    }
  }

  /** One of the events, and the coordinates by which it is asked for. */
  pick(): SeedPlace {
    const index = Math.floor(Math.random() * this.events);
    const event = this.#event(index);
    const day = event.timestamp.slice(0, 10);
    return {
      agent: event.agent_id,
      session: event.session_id,
      id: event.event_id ?? '',
      order: event.labels.order,
      from: `${day}T00:00:00.000Z`,
      to: new Date(Date.parse(day) + 86_400_000).toISOString(),
    };
  }

  #event(index: number): BenchEvent {
    const session = Math.floor(index / Seed.#sessionEvents);
    const agent = Math.floor(index / Seed.#agentEvents);
    const sessionOfAgent = session % (Seed.#agentEvents / Seed.#sessionEvents);
    const at = this.#start + sessionOfAgent * 43_200_000 + (index % Seed.#sessionEvents) * 1000;
    const place = { agent_id: `seed-agent-${agent}`, session_id: `seed-${session}` };
    return newEvent(
      { ...place, timestamp: new Date(at).toISOString() },
      `seed-${Math.floor(index / 5)}`,
      `seed-event-${index}`,
    );
  }
}

export interface SeedPlace {
  agent: string;
  session: string;
  id: string;
  order: string;
  /** The day around the event, half-open. */
  from: string;
  to: string;
}
