/** Compares strings as Fabric orders keys: by their UTF-8 bytes (UTF-16 units order surrogates differently). */
export function compareUtf8(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}
