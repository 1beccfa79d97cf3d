import { AuditError } from '../errors.js';
import { escapePointer } from '../json/pointer.js';
import type { JsonObject, JsonValue } from '../json/value.js';
import { LIMITS } from '../limits.js';
import { OPPOSITES } from './condition.js';
import type { Condition, ElementOperator, TestOperator } from './condition.js';
import { parseFieldPath } from './field-path.js';
import { OPERANDS } from './operands.js';

/**
 * Checks a Mango selector and brings it into CouchDB's normal form. Unknown operators, operands of a wrong type, tests
 * without a field and what exceeds the limits are refused.
 * @throws {AuditError} INVALID_QUERY with a pointer into the selector.
 */
export function parseSelector(selector: JsonValue): Condition {
  if (!isObject(selector)) throw invalid('', 'a selector is an object');
  if (Object.keys(selector).length === 0) return { kind: 'and', conditions: [] };
  return new SelectorParser().condition(selector, {
    path: [],
    negated: false,
    pointer: '',
    depth: 0,
    inElement: false,
  });
}

/** Where in the selector the parser is, and what the outer levels mean for this one. */
interface Scope {
  path: string[];
  negated: boolean;
  pointer: string;
  depth: number;
  /** Inside `$elemMatch` and its like a test may do without a field: it is then about the item itself. */
  inElement: boolean;
}

class SelectorParser {
  private tests = 0;

  condition(value: JsonValue, scope: Scope): Condition {
    if (scope.depth > LIMITS.selectorDepth) throw invalid(scope.pointer, `more than ${LIMITS.selectorDepth} levels`);
    const members = isObject(value) ? Object.entries(value) : [];
    const [only] = members;
    if (!only) return this.test('$eq', value, scope); // a bare value means equality, `{}` too
    if (members.length === 1) return this.member(only[0], only[1], scope);
    const conditions = members.map(([key, operand]) => this.member(key, operand, scope));
    return { kind: scope.negated ? 'or' : 'and', conditions };
  }

  private member(key: string, operand: JsonValue, outer: Scope): Condition {
    const pointer = `${outer.pointer}/${escapePointer(key)}`;
    const scope = { ...outer, pointer, depth: outer.depth + 1 };
    if (key === '$and' || key === '$or' || key === '$nor') return this.combination(key, operand, scope);
    if (key === '$not') {
      if (!isObject(operand)) throw invalid(pointer, '$not takes an object');
      return this.condition(operand, { ...scope, negated: !scope.negated });
    }
    if (key === '$elemMatch' || key === '$allMatch' || key === '$keyMapMatch')
      return this.elements(key, operand, scope);
    if (key.startsWith('$')) return this.test(key, operand, scope);
    const names = parseFieldPath(key);
    if (!names) throw invalid(pointer, 'a part of the field name is empty');
    return this.condition(operand, { ...scope, path: [...scope.path, ...names] });
  }

  private combination(operator: '$and' | '$or' | '$nor', operand: JsonValue, scope: Scope): Condition {
    if (!Array.isArray(operand)) throw invalid(scope.pointer, `${operator} takes an array`);
    if (operand.length === 0) return { kind: 'and', conditions: [] };
    const negated = operator === '$nor' ? !scope.negated : scope.negated;
    const conditions = operand.map((item, index) =>
      this.condition(item, { ...scope, negated, pointer: `${scope.pointer}/${index}` }),
    );
    // De Morgan: negated, all becomes any and any becomes all.
    return { kind: (operator === '$and') === negated ? 'or' : 'and', conditions };
  }

  private elements(operator: ElementOperator, operand: JsonValue, scope: Scope): Condition {
    if (!isObject(operand)) throw invalid(scope.pointer, `${operator} takes an object`);
    this.countTest(scope);
    const condition = this.condition(operand, { ...scope, path: [], negated: false, inElement: true });
    return { kind: 'elements', path: scope.path, operator, condition, negated: scope.negated, pointer: scope.pointer };
  }

  private test(operator: string, operand: JsonValue, scope: Scope): Condition {
    if (!isTestOperator(operator)) throw invalid(scope.pointer, `${operator} is not a supported operator`);
    this.countTest(scope);
    const expected = OPERANDS[operator](operand);
    if (expected !== undefined) throw invalid(scope.pointer, `${operator} takes ${expected}`);
    const test = { kind: 'test' as const, path: scope.path, operator, operand, negated: false, pointer: scope.pointer };
    if (!scope.negated) return test;
    if (operator === '$exists') return { ...test, operand: operand !== true };
    const opposite = Object.hasOwn(OPPOSITES, operator) ? OPPOSITES[operator as keyof typeof OPPOSITES] : undefined;
    return opposite ? { ...test, operator: opposite } : { ...test, negated: true };
  }

  private countTest(scope: Scope): void {
    if (scope.path.length === 0 && !scope.inElement) throw invalid(scope.pointer, 'the test names no field');
    this.tests += 1;
    if (this.tests > LIMITS.selectorTests) throw invalid(scope.pointer, `more than ${LIMITS.selectorTests} tests`);
  }
}

function isTestOperator(operator: string): operator is TestOperator {
  return Object.hasOwn(OPERANDS, operator);
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(pointer: string, detail: string): AuditError {
  return AuditError.at(pointer, 'INVALID_QUERY', detail);
}
