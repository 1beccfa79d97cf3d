import { AuditError } from '../../core/index.js';
import type { JsonObject, JsonValue } from '../../core/index.js';
import { SOURCE_DEPTH } from '../source/json-text.js';
import { ExportTraceServiceRequest, ExportTraceServiceResponse, RpcStatus } from './descriptor.js';

/**
 * An export request in protobuf, in the form of OTLP's JSON mapping.
 * @throws {AuditError} INVALID_REQUEST
 */
export function decodeProtobuf(bytes: Uint8Array): JsonValue {
  try {
    const message = ExportTraceServiceRequest.decode(bytes);
    const object = ExportTraceServiceRequest.toObject(message, { longs: String, bytes: Buffer, oneofs: false });
    return toJsonMapping(object, '', SOURCE_DEPTH) as JsonValue;
  } catch {
    throw new AuditError('INVALID_REQUEST', 'The body is not an ExportTraceServiceRequest in protobuf.');
  }
}

/** Ids are hex in OTLP's JSON mapping, other bytes base64 as everywhere in protobuf's. */
const HEX_KEYS = new Set(['traceId', 'spanId', 'parentSpanId']);

function toJsonMapping(value: unknown, key: string, levelsLeft: number): unknown {
  if (levelsLeft === 0) throw new RangeError('too deep');
  if (Buffer.isBuffer(value)) return value.toString(HEX_KEYS.has(key) ? 'hex' : 'base64');
  if (Array.isArray(value)) return value.map((item: unknown) => toJsonMapping(item, key, levelsLeft - 1));
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value) as [string, unknown][];
  return Object.fromEntries(members.map(([name, member]) => [name, toJsonMapping(member, name, levelsLeft - 1)]));
}

/** An `ExportTraceServiceResponse` in its JSON mapping, as protobuf. */
export function encodeResponse(response: JsonObject): Uint8Array {
  return ExportTraceServiceResponse.encode(ExportTraceServiceResponse.fromObject(response)).finish();
}

/** A `google.rpc.Status`, the body of every failed export, as protobuf. */
export function encodeStatus(status: JsonObject): Uint8Array {
  return RpcStatus.encode(RpcStatus.fromObject(status)).finish();
}
