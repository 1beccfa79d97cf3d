/**
 * A copy that stands alone. What the parser reads out of a request or a document is a view of its text and keeps all of
 * it in memory: what outlives the request, or the block, must not be one.
 */
export function ownText(text: string): string {
  return Buffer.from(text).toString();
}
