import { canonicalize } from '../../core/index.js';
import type { EventCore, JsonValue } from '../../core/index.js';

/** Cores of a batch are never changed once they are read. */
const texts = new WeakMap<EventCore, string>();

/** A core's canonical JSON, written once for its hash and its size. */
export function coreText(core: EventCore): string {
  const known = texts.get(core);
  if (known !== undefined) return known;
  const text = canonicalize(core as JsonValue);
  texts.set(core, text);
  return text;
}
