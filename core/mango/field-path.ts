/** A Mango field name as its path: dots separate, a backslash before a dot keeps it. `undefined` where a part is empty. */
export function parseFieldPath(field: string): string[] | undefined {
  const parts = field.split(/(?<!\\)\./).map((part) => part.replaceAll('\\', ''));
  return parts.includes('') ? undefined : parts;
}

export function formatFieldPath(path: readonly string[]): string {
  return path.map((part) => part.replaceAll('.', '\\.')).join('.');
}
