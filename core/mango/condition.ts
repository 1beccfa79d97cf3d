import type { JsonValue } from '../json/value.js';

/**
 * A selector once it is checked and normalized as CouchDB normalizes it: operators explicit, field names joined into
 * paths, negations pushed down to the tests.
 */
export type Condition = Combination | Test | ElementTest;

/** `and` and `or` of nothing are true, as in CouchDB. */
export interface Combination {
  kind: 'and' | 'or';
  conditions: Condition[];
}

/** One operator on one field. A missing field passes no test but `$exists: false`, negated or not. */
export interface Test {
  kind: 'test';
  path: string[];
  operator: TestOperator;
  operand: JsonValue;
  /** Only with operators that have no opposite. */
  negated: boolean;
  /** Where the operand stands in the selector. */
  pointer: string;
}

/** A condition on the items of an array, or on the keys of an object. */
export interface ElementTest {
  kind: 'elements';
  path: string[];
  operator: ElementOperator;
  condition: Condition;
  negated: boolean;
  pointer: string;
}

export type ElementOperator = '$elemMatch' | '$allMatch' | '$keyMapMatch';

/** Operators with the one that says the opposite of them (CouchDB negates the others by wrapping them). */
export const OPPOSITES = {
  $eq: '$ne',
  $ne: '$eq',
  $lt: '$gte',
  $gte: '$lt',
  $lte: '$gt',
  $gt: '$lte',
  $in: '$nin',
  $nin: '$in',
} as const;

export type TestOperator =
  keyof typeof OPPOSITES | '$exists' | '$type' | '$size' | '$mod' | '$regex' | '$beginsWith' | '$all';
