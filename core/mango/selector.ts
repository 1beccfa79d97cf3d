import type { JsonObject, JsonValue } from '../json/value.js';

/** @throws {AuditError} INVALID_QUERY */
export function validateSelector(selector: JsonValue): JsonObject {
  return selector as JsonObject;
}
