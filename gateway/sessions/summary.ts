import type { EventView } from '../../core/index.js';

export interface ToolUse {
  name: string;
  calls: number;
  failures: number;
}

export interface SessionSummary {
  events: number;
  /** Events whose `timestamp` an importer derived: durations and gaps between them say nothing. */
  derived_times: number;
  event_types: Record<string, number>;
  tools: ToolUse[];
  usage: { input_tokens: number; output_tokens: number };
  /** Sums by currency. */
  cost: Record<string, number>;
  sub_agents: { agent_id: string; named_by: string }[];
  final_decision?: { event_id: string; decision?: string; outcome?: string; confidence?: number; agent_id: string };
}

/** What a session did, in numbers. */
export function summarize(events: readonly EventView[]): SessionSummary {
  const decision = events.findLast(({ core }) => core.event_type === 'final_decision');
  return {
    events: events.length,
    derived_times: events.filter(({ core }) => core.source?.derived?.includes('/timestamp')).length,
    event_types: countBy(events, ({ core }) => core.event_type),
    tools: useOfTools(events),
    usage: {
      input_tokens: sum(events, ({ core }) => core.usage?.input_tokens),
      output_tokens: sum(events, ({ core }) => core.usage?.output_tokens),
    },
    cost: sumCosts(events),
    sub_agents: subAgents(events),
    ...(decision && { final_decision: describeDecision(decision) }),
  };
}

/** An intent and its outcome are one call: calls are counted where they begin, failures where they end. */
function useOfTools(events: readonly EventView[]): ToolUse[] {
  const tools = new Map<string, ToolUse>();
  for (const { core } of events) {
    if (!core.tool) continue;
    const { name } = core.tool;
    const use = tools.get(name) ?? { name, calls: 0, failures: 0 };
    if (core.phase !== 'outcome') use.calls++;
    if (core.status !== undefined && core.status !== 'ok') use.failures++;
    tools.set(name, use);
  }
  return [...tools.values()].sort((a, b) => b.calls - a.calls || (a.name < b.name ? -1 : 1));
}

function sumCosts(events: readonly EventView[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { core } of events) {
    const cost = core.usage?.cost;
    if (cost) sums[cost.currency] = roundToNano((sums[cost.currency] ?? 0) + cost.amount);
  }
  return sums;
}

/** Sums of decimal fractions do not come out even in binary; a billionth is below every price. */
function roundToNano(amount: number): number {
  return Math.round(amount * 1e9) / 1e9;
}

function subAgents(events: readonly EventView[]): SessionSummary['sub_agents'] {
  const named = new Map<string, string>();
  for (const { core, locator } of events) {
    const target = core.target?.agent_id;
    if (target !== undefined && !named.has(target)) named.set(target, locator);
  }
  return [...named].map(([agent_id, named_by]) => ({ agent_id, named_by }));
}

function describeDecision({ core, locator }: EventView): NonNullable<SessionSummary['final_decision']> {
  const { decision, outcome, confidence, agent_id, event_id } = core;
  return {
    event_id: event_id ?? locator,
    agent_id,
    ...(decision !== undefined && { decision }),
    ...(outcome !== undefined && { outcome }),
    ...(confidence !== undefined && { confidence }),
  };
}

function countBy(events: readonly EventView[], keyOf: (event: EventView) => string): Record<string, number> {
  const counts = new Map<string, number>();
  for (const event of events) counts.set(keyOf(event), (counts.get(keyOf(event)) ?? 0) + 1);
  return Object.fromEntries(counts);
}

function sum(events: readonly EventView[], valueOf: (event: EventView) => number | undefined): number {
  return events.reduce((total, event) => total + (valueOf(event) ?? 0), 0);
}
