import { ownEventId, sha256Hex } from '../../core/index.js';

/**
 * The event id of a source's element: its format, then what identifies the element there. Parts that an event id cannot
 * hold are replaced by their digest, so that the id is the same at every import.
 */
export function ownId(format: string, ...parts: (string | number)[]): string {
  const id = [format, ...parts].join(':');
  // A part with a colon could be read as two.
  const isPlain = parts.every((part) => !String(part).includes(':')) && ownEventId.safeParse(id).success;
  return isPlain ? id : `${format}:sha256:${sha256Hex(JSON.stringify(parts))}`;
}
