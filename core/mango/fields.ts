import type { EventView } from '../contract/views.js';
import type { JsonObject, JsonValue } from '../json/value.js';
import { matchesSelector } from './match.js';
import { validateSelector } from './selector.js';

/** @throws {AuditError} INVALID_QUERY */
export function checkSelector(selector: JsonValue): JsonObject {
  return validateSelector(selector);
}

export function recordSelector(selector: JsonObject): JsonObject {
  void selector;
  return {};
}

export function matchesEvent(selector: JsonObject, view: EventView): boolean {
  return matchesSelector(selector, selectableEvent(view));
}

export function selectableEvent(view: EventView): JsonObject {
  return view as unknown as JsonObject;
}
