/**
 * The time of an element whose source has none: the Unix epoch plus its index in milliseconds. It keeps the order, is
 * the same at every import, and nobody takes it for a real time. Whoever uses it lists `/timestamp` as derived.
 */
export function syntheticTime(index: number): string {
  return new Date(index).toISOString();
}
