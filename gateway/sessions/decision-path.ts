import { AuditError, formatSession, timestampMs, verifyChain } from '../../core/index.js';
import type { EventView, Fault, SessionRef } from '../../core/index.js';
import { mergeChains, timeOf } from './order.js';
import { pairEvents } from './pairs.js';
import { References } from './references.js';
import { summarize } from './summary.js';
import type { SessionSummary } from './summary.js';

/** The events of one agent of one organization in a session, from the first on, and whether the chain is still open. */
export interface Chain {
  session: SessionRef;
  open: boolean;
  events: EventView[];
}

export interface DecisionPath {
  session_id: string;
  /** Open as long as one of its chains has not ended with a `session_end`. */
  open: boolean;
  from: string;
  to: string;
  duration_ms: number;
  chains: ChainReport[];
  summary: SessionSummary;
  /** Longer silences within a chain, and intents that nothing followed. */
  gaps: TimeGap[];
  open_intents: string[];
  steps: Step[];
}

export interface ChainReport {
  id: string;
  owner: string;
  agent_id: string;
  events: number;
  open: boolean;
  /** Every hash recomputed, every link followed, no place left out. */
  intact: boolean;
  fault?: Fault;
}

export interface TimeGap {
  after: string;
  before: string;
  ms: number;
}

/** One event with its relations, by locator. */
export interface Step {
  view: EventView;
  /** Levels below the events that have no parent in this session. */
  depth: number;
  parent?: string;
  children: string[];
  /** The outcome of an intent, or the intent of an outcome. */
  pair?: string;
}

/** A silence that a reader should see, in milliseconds. */
const GAP_MS = 5 * 60_000;

/** How a session's decision came about, from its chains. At least one chain has an event. */
export function buildDecisionPath(sessionId: string, chains: readonly Chain[]): DecisionPath {
  const references = new References(chains.flatMap(({ events }) => events));
  const events = mergeChains(
    chains.map((chain) => chain.events),
    references,
  );
  const pairs = pairEvents(events, references);
  const times = events.map(timeOf).sort();
  const [from = '', to = ''] = [times[0], times.at(-1)];
  return {
    session_id: sessionId,
    open: chains.some(({ open }) => open),
    from,
    to,
    duration_ms: timestampMs(to) - timestampMs(from),
    chains: chains.map(reportChain),
    summary: summarize(events),
    gaps: chains.flatMap(({ events: chain }) => findGaps(chain)),
    open_intents: events
      .filter((view) => view.core.phase === 'intent' && !pairs.has(view.locator))
      .map(({ locator }) => locator),
    steps: toSteps(events, references, pairs),
  };
}

function reportChain({ session, open, events }: Chain): ChainReport {
  const fault = findFault(events);
  return {
    id: formatSession(session),
    owner: session.owner,
    agent_id: session.agent_id,
    events: events.length,
    open,
    intact: !fault,
    ...(fault && { fault }),
  };
}

function findFault(events: readonly EventView[]): Fault | undefined {
  try {
    verifyChain(events);
    return undefined;
  } catch (error) {
    if (error instanceof AuditError) return error.toFault();
    throw error;
  }
}

function findGaps(events: readonly EventView[]): TimeGap[] {
  return events.flatMap((view, index) => {
    const previous = events[index - 1];
    if (!previous) return [];
    const ms = timestampMs(timeOf(view)) - timestampMs(timeOf(previous));
    return ms > GAP_MS ? [{ after: previous.locator, before: view.locator, ms }] : [];
  });
}

function toSteps(events: readonly EventView[], references: References, pairs: ReadonlyMap<string, string>): Step[] {
  const steps = new Map<string, Step>();
  for (const view of events) {
    const pair = pairs.get(view.locator);
    steps.set(view.locator, { view, depth: 0, children: [], ...(pair !== undefined && { pair }) });
  }
  for (const step of steps.values()) {
    const parent = references.find(step.view, step.view.core.parent_event_id);
    const parentStep = parent && steps.get(parent.locator);
    if (!parentStep || parentStep === step) continue;
    step.parent = parentStep.view.locator;
    parentStep.children.push(step.view.locator);
    // In the merged order parents stand first, unless the agents named each other in a circle.
    step.depth = parentStep.depth + 1;
  }
  return [...steps.values()];
}
