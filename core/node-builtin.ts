/** What of Node is used here, where there is a Node. */
interface MaybeNode {
  process?: { getBuiltinModule?: (name: string) => unknown };
}

/**
 * A module of Node's own: undefined in a browser. Asked for at run time, so that nothing here imports what a browser does
 * not have.
 */
export function nodeBuiltin(name: string): unknown {
  return (globalThis as MaybeNode).process?.getBuiltinModule?.(name);
}
