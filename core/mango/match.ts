import type { JsonObject, JsonValue } from '../json/value.js';
import { compareCodeUnits, compareJson, compareKey } from './collate.js';
import type { CompareJson, CompareText } from './collate.js';
import type { Condition, ElementTest, Test } from './condition.js';
import { compilePattern } from './pattern.js';
import { parseSelector } from './selector.js';

/**
 * Whether a document matches a Mango selector, as CouchDB 3.5 matches it (mango_selector.erl).
 * @param compareText the collation of strings; by code units where it is not given.
 * @throws {AuditError} INVALID_QUERY
 */
export function matchesSelector(selector: JsonValue, document: JsonObject, compareText?: CompareText): boolean {
  return compileCondition(parseSelector(selector), compareText)(document);
}

export type Predicate = (value: JsonValue) => boolean;

/** The condition as a function, for matching many documents. */
export function compileCondition(condition: Condition, compareText: CompareText = compareCodeUnits): Predicate {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const predicates = condition.conditions.map((item) => compileCondition(item, compareText));
      if (condition.kind === 'and') return (value) => predicates.every((matches) => matches(value));
      return (value) => predicates.some((matches) => matches(value));
    }
    case 'elements':
      return atPath(condition.path, condition.negated, elementPredicate(condition, compareText));
    case 'test': {
      if (condition.operator === '$exists' && condition.operand === false) return isMissing(condition.path);
      const compare: CompareJson =
        condition.path.length === 1 && condition.path[0] === '_id'
          ? compareKey
          : (left, right) => compareJson(left, right, compareText);
      return atPath(condition.path, condition.negated, testPredicate(condition, compare));
    }
  }
}

/** A field that is missing fails, negated or not. */
function atPath(path: string[], negated: boolean, matches: Predicate): Predicate {
  return (value) => {
    const found = getField(value, path);
    return typeof found !== 'symbol' && matches(found) !== negated;
  };
}

function isMissing(path: string[]): Predicate {
  return (value) => getField(value, path) === NOT_FOUND;
}

/** The value of a document's field as selectors see it; undefined where it is missing. */
export function fieldAt(document: JsonObject, path: string[]): JsonValue | undefined {
  const found = getField(document, path);
  return typeof found === 'symbol' ? undefined : found;
}

const NOT_FOUND = Symbol('the object has no such member');
const BAD_PATH = Symbol('the path leads into what has no members');

/** CouchDB's mango_doc:get_field: a number in the path is an index where it meets an array. */
function getField(value: JsonValue, path: string[]): JsonValue | symbol {
  let current = value;
  for (const name of path) {
    if (typeof current !== 'object' || current === null) return BAD_PATH;
    const isArray = Array.isArray(current);
    const key = isArray && /^[+-]?\d+$/.test(name) ? String(Number(name)) : name;
    if (!Object.hasOwn(current, key) || (isArray && key === 'length')) return isArray ? BAD_PATH : NOT_FOUND;
    const next: JsonValue | undefined = (current as JsonObject)[key];
    if (next === undefined) return NOT_FOUND;
    current = next;
  }
  return current;
}

function elementPredicate(test: ElementTest, compareText: CompareText): Predicate {
  const matches = compileCondition(test.condition, compareText);
  switch (test.operator) {
    case '$elemMatch':
      return (value) => Array.isArray(value) && value.some(matches);
    case '$allMatch':
      return (value) => Array.isArray(value) && value.length > 0 && value.every(matches);
    case '$keyMapMatch':
      return (value) => jsonType(value) === 'object' && Object.keys(value as JsonObject).some(matches);
  }
}

/** Operands have been checked by `parseSelector`. */
function testPredicate({ operator, operand }: Test, compareValues: CompareJson): Predicate {
  const compare = (value: JsonValue) => compareValues(value, operand);
  const predicates: Record<Test['operator'], () => Predicate> = {
    $eq: () => (value) => compare(value) === 0,
    $ne: () => (value) => compare(value) !== 0,
    $lt: () => (value) => compare(value) < 0,
    $lte: () => (value) => compare(value) <= 0,
    $gt: () => (value) => compare(value) > 0,
    $gte: () => (value) => compare(value) >= 0,
    $in: () => isAmong(operand, compareValues),
    $nin: () => not(isAmong(operand, compareValues)),
    $all: () => hasAll(operand),
    $exists: () => () => true,
    $type: () => (value) => jsonType(value) === operand,
    $size: () => (value) => Array.isArray(value) && value.length === operand,
    $mod: () => hasRemainder(operand),
    $regex: () => matchesPattern(operand),
    $beginsWith: () => (value) => typeof value === 'string' && beginsWith(value, operand as string),
  };
  return predicates[operator]();
}

/** An array is among the operands where one of its items is. */
function isAmong(operand: JsonValue, compare: CompareJson): Predicate {
  const candidates = listOf(operand);
  const isCandidate = (item: JsonValue) => candidates.some((candidate) => compare(item, candidate) === 0);
  return (value) => (Array.isArray(value) ? value.some(isCandidate) : isCandidate(value));
}

/** `$all` of nothing matches nothing; of one array also that very array. */
function hasAll(operand: JsonValue): Predicate {
  const wanted = listOf(operand);
  const [only] = wanted;
  return (value) => {
    if (!Array.isArray(value) || only === undefined) return false;
    if (wanted.every((item) => value.some((candidate) => compareJson(candidate, item) === 0))) return true;
    return wanted.length === 1 && compareJson(value, only) === 0;
  };
}

function hasRemainder(operand: JsonValue): Predicate {
  const [divisor, remainder] = listOf(operand).map(Number);
  return (value) => isInteger(value) && value % Number(divisor) === Number(remainder);
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** By whole characters as people see them: what begins with `é` in two code points does not begin with `e`. */
function beginsWith(text: string, prefix: string): boolean {
  if (!text.startsWith(prefix)) return false;
  const { length } = prefix;
  return length === text.length || graphemes.segment(text).containing(length)?.index === length;
}

/** What JSON writes without an exponent. */
function isInteger(value: JsonValue): value is number {
  return Number.isInteger(value) && Math.abs(Number(value)) < 1e21;
}

function matchesPattern(operand: JsonValue): Predicate {
  const matches = compilePattern(operand as string);
  return (value) => typeof value === 'string' && matches?.(value) === true;
}

function not(matches: Predicate): Predicate {
  return (value) => !matches(value);
}

function listOf(value: JsonValue): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

/** The names that CouchDB's `$type` knows. */
function jsonType(value: JsonValue): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
