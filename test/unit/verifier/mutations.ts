import { escapePointer } from '../../../core/index.js';

/** One change of a JSON document. */
export interface Mutation {
  kind: 'alter' | 'remove' | 'duplicate' | 'reorder' | 'swap';
  pointer: string;
  text: string;
}

type Container = Record<string, unknown> | unknown[];

interface Place {
  pointer: string;
  parent: Container;
  key: string;
  value: unknown;
}

/** Every place of a document altered, removed and duplicated, and every list with its first two items exchanged. */
export function* mutationsOf(document: unknown): Generator<Mutation> {
  for (const { pointer } of placesOf(document)) {
    const change = (kind: Mutation['kind'], edit: (place: Place) => void) => changed(document, pointer, kind, edit);
    if (!isContainer(valueAt(document, pointer))) {
      yield change('alter', ({ parent, key, value }) => set(parent, key, altered(value)));
    }
    yield change('remove', remove);
    yield duplicated(document, pointer);
    const value = valueAt(document, pointer);
    if (Array.isArray(value) && value.length > 1) {
      yield change('reorder', ({ value: list }) => exchangeFirst(list as unknown[]));
    }
  }
}

/** Every place of a document with what another one has there, where the two differ. */
export function* swapsOf(document: unknown, other: unknown): Generator<Mutation> {
  for (const { pointer, value } of placesOf(document)) {
    const theirs = valueAt(other, pointer);
    if (theirs === undefined || JSON.stringify(theirs) === JSON.stringify(value)) continue;
    yield changed(document, pointer, 'swap', ({ parent, key }) => set(parent, key, theirs));
  }
}

function changed(document: unknown, pointer: string, kind: Mutation['kind'], edit: (place: Place) => void): Mutation {
  const copy = structuredClone(document);
  const place = [...placesOf(copy)].find((candidate) => candidate.pointer === pointer);
  if (place) edit(place);
  return { kind, pointer, text: JSON.stringify(copy) };
}

/** A list gets the item twice; an object's key stands in the text twice, which only a strict reader notices. */
function duplicated(document: unknown, pointer: string): Mutation {
  const stand = '\u0001twice';
  let name = '';
  const mutation = changed(document, pointer, 'duplicate', ({ parent, key, value }) => {
    if (Array.isArray(parent)) parent.splice(Number(key), 0, structuredClone(value));
    else parent[stand] = value;
    name = key;
  });
  return { ...mutation, text: mutation.text.replace(JSON.stringify(stand), () => JSON.stringify(name)) };
}

function* placesOf(value: unknown, pointer = ''): Generator<Place> {
  if (!isContainer(value)) return;
  for (const [key, child] of Object.entries(value)) {
    const here = `${pointer}/${escapePointer(key)}`;
    yield { pointer: here, parent: value, key, value: child };
    yield* placesOf(child, here);
  }
}

function valueAt(document: unknown, pointer: string): unknown {
  for (const place of placesOf(document)) if (place.pointer === pointer) return place.value;
  return undefined;
}

function altered(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (typeof value !== 'string') return 'was null';
  // One digit in the middle: base64 stays base64, hex stays hex.
  const middle = Math.floor(value.length / 2);
  return `${value.slice(0, middle)}${value[middle] === '1' ? '2' : '1'}${value.slice(middle + 1)}`;
}

function remove({ parent, key }: Place): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else Reflect.deleteProperty(parent, key);
}

function exchangeFirst(list: unknown[]): void {
  list.splice(0, 2, ...list.slice(0, 2).reverse());
}

function set(parent: Container, key: string, value: unknown): void {
  if (Array.isArray(parent)) parent[Number(key)] = value;
  else parent[key] = value;
}

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}
