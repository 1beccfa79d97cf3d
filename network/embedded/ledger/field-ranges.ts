import { formatFieldPath } from '../../../core/index.js';
import type { Condition, JsonValue, Test } from '../../../core/index.js';

/** What a selector asks of one field: that it exists, and perhaps bounds. Both are inclusive: a superset suffices. */
export interface FieldRange {
  lower?: JsonValue;
  upper?: JsonValue;
  /** By `$eq`: both bounds are that value. */
  isFixed?: true;
}

/** The fields that every match has. A missing field passes no test but `$exists: false`. */
export function requiredFields(condition: Condition): Map<string, FieldRange> {
  switch (condition.kind) {
    case 'and':
      return condition.conditions.map(requiredFields).reduce(narrowBoth, new Map());
    case 'or': {
      const [first, ...others] = condition.conditions.map(requiredFields);
      const common = [...(first ?? new Map<string, FieldRange>()).keys()].filter((field) =>
        others.every((other) => other.has(field)),
      );
      return new Map(common.map((field) => [field, {}]));
    }
    case 'elements':
      return new Map([[formatFieldPath(condition.path), {}]]);
    case 'test':
      if (condition.operator === '$exists' && condition.operand === false) return new Map();
      return new Map([[formatFieldPath(condition.path), rangeOf(condition)]]);
  }
}

/** The fields for whose operators CouchDB looks an index up. */
export function indexableFields(condition: Condition): Set<string> {
  if (condition.kind === 'and') return new Set(condition.conditions.flatMap((one) => [...indexableFields(one)]));
  const isIndexable = condition.kind === 'test' && !condition.negated && INDEXABLE.has(condition.operator);
  return new Set(isIndexable ? [formatFieldPath(condition.path)] : []);
}

const INDEXABLE: ReadonlySet<string> = new Set(['$lt', '$lte', '$eq', '$gte', '$gt', '$beginsWith', '$exists']);

function rangeOf({ operator, operand, negated }: Test): FieldRange {
  if (negated) return {};
  switch (operator) {
    case '$eq':
      return { lower: operand, upper: operand, isFixed: true };
    case '$gt':
    case '$gte':
      return { lower: operand };
    case '$lt':
    case '$lte':
      return { upper: operand };
    default:
      return {};
  }
}

/** Of two bounds on the same side either is right; the later one is as good as the earlier. */
function narrowBoth(left: Map<string, FieldRange>, right: Map<string, FieldRange>): Map<string, FieldRange> {
  const both = new Map(left);
  for (const [field, range] of right) {
    const known = both.get(field);
    both.set(field, known?.isFixed ? known : { ...known, ...range });
  }
  return both;
}
