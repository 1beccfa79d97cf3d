import type { JsonObject } from '../../core/index.js';

/** A value that JSON cannot hold exactly, as its bytes. */
export function rawValue(content: string | Uint8Array, mediaType: string): JsonObject {
  return { encoding: 'base64', media_type: mediaType, data: Buffer.from(content).toString('base64') };
}
