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
/** Every post begins a session of its own. */
export const NEW_SESSIONS = Infinity;
const POST_EVENTS = 100;
const EVENT_BYTES = 1024;
const AGENTS = 20;

/** Hexadecimal text that does not compress to nothing, cut to fill each event. */
const filling = randomBytes(EVENT_BYTES).toString('hex');
const started = Date.now();
let made = 0;
let posts = 0;

/** Events of now, of one session: one post. The sessions take turns. */
export function newPost(shape: Shape, size: number): BenchEvent[] {
  const turn = posts++ % shape.sessions;
  return Array.from({ length: size }, () => nextEvent(shape, turn));
}

/** An event for each of the sessions, in posts: writers find their sessions begun. */
export function* openingPosts(shape: Shape): Generator<BenchEvent[]> {
  if (shape.sessions === NEW_SESSIONS) return;
  for (let first = 0; first < shape.sessions; first += POST_EVENTS) {
    const size = Math.min(POST_EVENTS, shape.sessions - first);
    yield Array.from({ length: size }, (_, index) => nextEvent(shape, first + index));
  }
}

function nextEvent({ sessions, ownIds }: Shape, turn: number): BenchEvent {
  const place = { agent_id: `agent-${turn % AGENTS}`, session_id: `of-${sessions}-${turn}` };
  return newEvent(
    { ...place, timestamp: new Date().toISOString() },
    `o-${made}`,
    ownIds ? `own-${started}-${made}` : undefined,
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

  /** How many of them there are. */
  events = 0;

  /** More events, until there are so many, in posts of two sessions each. */
  *postsUntil(events: number): Generator<BenchEvent[]> {
    for (let first = this.events; first < events; first += POST_EVENTS) {
      const size = Math.min(POST_EVENTS, events - first);
      yield Array.from({ length: size }, (_, index) => this.#event(first + index));
    }
    this.events = events;
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
