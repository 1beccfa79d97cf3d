import { AuditError } from '../../core/index.js';
import type { JsonObject, JsonValue } from '../../core/index.js';
import { ExportTraceServiceRequest, ExportTraceServiceResponse, RpcStatus } from './descriptor.js';

/**
 * An export request in protobuf, in the form of OTLP's JSON mapping.
 * @throws {AuditError} INVALID_REQUEST
 */
export function decodeProtobuf(bytes: Uint8Array): JsonValue {
  try {
    const message = ExportTraceServiceRequest.decode(bytes);
    const object = ExportTraceServiceRequest.toObject(message, { longs: String, bytes: Buffer, oneofs: false });
    return toJsonMapping(object, '') as JsonValue;
  } catch {
    throw new AuditError('INVALID_REQUEST', 'The body is not an ExportTraceServiceRequest in protobuf.');
  }
}

/** Ids are hex in OTLP's JSON mapping, other bytes base64 as everywhere in protobuf's. */
const HEX_KEYS = new Set(['traceId', 'spanId', 'parentSpanId']);

function toJsonMapping(value: unknown, key: string): unknown {
  if (Buffer.isBuffer(value)) return value.toString(HEX_KEYS.has(key) ? 'hex' : 'base64');
  if (Array.isArray(value)) return value.map((item: unknown) => toJsonMapping(item, key));
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]: [string, unknown]) => [name, toJsonMapping(member, name)]),
  );
}

/** An `ExportTraceServiceResponse` in its JSON mapping, as protobuf. */
export function encodeResponse(response: JsonObject): Uint8Array {
  return ExportTraceServiceResponse.encode(ExportTraceServiceResponse.fromObject(response)).finish();
}

/** A `google.rpc.Status`, the body of every failed export, as protobuf. */
export function encodeStatus(status: JsonObject): Uint8Array {
  return RpcStatus.encode(RpcStatus.fromObject(status)).finish();
}
