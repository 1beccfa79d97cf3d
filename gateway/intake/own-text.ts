/**
 * A copy that stands alone. What the parser reads out of a request is a view of the request's text and keeps all of it
 * in memory: what outlives the request must not be one.
 */
export function ownText(text: string): string {
  return Buffer.from(text).toString();
}
