import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { IntakeObserver } from './intake/sequencer.js';

export interface HttpMetrics {
  requestEnded(method: string, route: string, status: number, seconds: number): void;
}

/** Told by a witness what it has verified and found. */
export interface WitnessObserver {
  /** Number of blocks that were verified. */
  verified(height: number): void;
  alarmRaised(code: string): void;
}

export interface Metrics {
  readonly registry: Registry;
  readonly http: HttpMetrics;
  readonly intake: IntakeObserver;
  readonly streams: Gauge;
  readonly witness: WitnessObserver;
}

/** What `/metrics` shows. Labels have few values: routes rather than paths, no ids. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const streams = new Gauge({ name: 'audit_gateway_streams', help: 'Open event streams', registers });
  return {
    registry,
    http: createHttpMetrics(registers),
    intake: createIntakeMetrics(registers),
    streams,
    witness: createWitnessMetrics(registers),
  };
}

function createHttpMetrics(registers: Registry[]): HttpMetrics {
  const requests = new Histogram({
    name: 'audit_gateway_http_request_duration_seconds',
    help: 'HTTP requests by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  return {
    requestEnded: (method, route, status, seconds) => requests.observe({ method, route, status }, seconds),
  };
}

function createIntakeMetrics(registers: Registry[]): IntakeObserver {
  const queue = new Gauge({ name: 'audit_gateway_queued_events', help: 'Events accepted and not settled', registers });
  const events = new Counter({
    name: 'audit_gateway_events_total',
    help: 'Events by what became of them',
    labelNames: ['status'],
    registers,
  });
  const sizes = new Histogram({
    name: 'audit_gateway_transaction_events',
    help: 'Events in one transaction',
    buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000],
    registers,
  });
  const transactions = new Counter({
    name: 'audit_gateway_transactions_total',
    help: 'Recording transactions by how they ended',
    labelNames: ['result'],
    registers,
  });
  return {
    queueChanged: (count) => queue.set(count),
    settled: (status) => events.inc({ status }),
    transactionStarted: (count) => sizes.observe(count),
    transactionEnded: (result) => transactions.inc({ result }),
  };
}

function createWitnessMetrics(registers: Registry[]): WitnessObserver {
  const height = new Gauge({
    name: 'audit_gateway_verified_blocks',
    help: 'Blocks that this organization has verified by itself',
    registers,
  });
  const alarms = new Gauge({
    name: 'audit_gateway_alarms',
    help: 'Alarms of this organization about the ledger, since the data folder was made',
    labelNames: ['code'],
    registers,
  });
  return { verified: (blocks) => height.set(blocks), alarmRaised: (code) => alarms.inc({ code }) };
}
