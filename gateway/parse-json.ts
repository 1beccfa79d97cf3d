/** What the text says as JSON; `undefined` where it is none. */
export function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The same of UTF-8. */
export function parseBytesOrUndefined({ buffer, byteOffset, byteLength }: Uint8Array): unknown {
  return parseOrUndefined(Buffer.from(buffer, byteOffset, byteLength).toString());
}
