import type { JsonObject } from '../../core/index.js';

/** A span of OpenTelemetry, whatever it came as. Ids in lower-case hex; times in RFC 3339 with nanoseconds. */
export interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string | undefined;
  name: string;
  startTime?: string | undefined;
  /** Absent where the span had not ended. */
  endTime?: string | undefined;
  /** 0 unset, 1 ok, 2 error. */
  status: { code: number; message?: string | undefined };
  attributes: JsonObject;
  resource: JsonObject;
  links: { traceId: string; spanId: string }[];
  /** What no field stands for: scope, kind, span events, links' attributes, counts of what was dropped. */
  rest: JsonObject;
}

/** RFC 3339 of nanoseconds since the epoch; `undefined` for 0, which stands for "not set", and beyond year 9999. */
export function timeOfNanos(nanos: bigint): string | undefined {
  const seconds = Number(nanos / 1_000_000_000n);
  if (nanos <= 0n || seconds > 253_402_300_799) return undefined;
  const fraction = String(nanos % 1_000_000_000n).padStart(9, '0');
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}
