import type { JsonValue } from '../json/value.js';
import { LIMITS } from '../limits.js';
import type { TestOperator } from './condition.js';
import { compilePattern } from './pattern.js';

/** What an operator takes, where the operand is not that; `undefined` where it is. */
type Complaint = (operand: JsonValue) => string | undefined;

const anything: Complaint = () => undefined;
const list: Complaint = (operand) =>
  Array.isArray(operand) && operand.length <= LIMITS.selectorList
    ? undefined
    : `an array of at most ${LIMITS.selectorList} values`;
const text: Complaint = (operand) => (typeof operand === 'string' ? undefined : 'a string');

/** CouchDB's operators on one value, with what each takes as its operand. */
export const OPERANDS: Record<TestOperator, Complaint> = {
  $eq: anything,
  $ne: anything,
  $lt: anything,
  $lte: anything,
  $gt: anything,
  $gte: anything,
  $in: list,
  $nin: list,
  $all: list,
  $exists: (operand) => (typeof operand === 'boolean' ? undefined : 'true or false'),
  $type: text,
  $beginsWith: text,
  $size: (operand) => (isInteger(operand) && operand >= 0 ? undefined : 'a whole number from 0 on'),
  $mod: (operand) => (isDivision(operand) ? undefined : '[divisor, remainder], integers, the divisor not 0'),
  $regex: (operand) =>
    typeof operand === 'string' && compilePattern(operand)
      ? undefined
      : `a regular expression in RE2's syntax of at most ${LIMITS.selectorPattern} characters`,
};

function isDivision(operand: JsonValue): boolean {
  return Array.isArray(operand) && operand.length === 2 && operand.every(isInteger) && operand[0] !== 0;
}

function isInteger(value: JsonValue): value is number {
  return Number.isSafeInteger(value);
}
