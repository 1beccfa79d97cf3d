import { formatFieldPath } from '../../../core/index.js';
import type { Condition, JsonValue, Test } from '../../../core/index.js';
import { CouchDbError } from './couchdb-error.js';
import type { MangoIndex } from './mango-indexes.js';
import { encodeSortKey, sortKeyEnd } from './sort-key.js';
import type { MangoQuery } from './types.js';

/** What a query reads: a range of an index's entries, or without an index all keys of the namespace. */
export interface MangoPlan {
  index?: MangoIndex;
  /** Sort keys (without an index: keys) from `lower` up to, not including, `upper`. */
  lower: Buffer;
  upper: Buffer;
  descending: boolean;
}

/** What a selector asks of one field: that it exists, and perhaps bounds. Both are inclusive: a superset suffices. */
interface FieldRange {
  lower?: JsonValue;
  upper?: JsonValue;
}

/**
 * Chooses the index as CouchDB does: every field of it must be required by the selector or be sorted by; a sort must be
 * along its fields, but fields that the selector fixes may be left out. `use_index` is a wish.
 * Among the indexes that fit, the one that narrows most (CouchDB prefers the one with the fewest other fields).
 * @throws {CouchDbError} no_usable_index, unsupported_mixed_sort, invalid_sort_json
 */
export function planQuery(query: MangoQuery, condition: Condition, indexes: readonly MangoIndex[]): MangoPlan {
  const { fields: sort, descending } = parseSort(query.sort ?? []);
  const ranges = requiredFields(condition);
  const usable = indexes.filter(
    (index) => index.fields.every((field) => ranges.has(field) || sort.includes(field)) && sorts(index, sort, ranges),
  );
  const wished = usable.filter((index) => isWished(index, query.use_index));
  const [index] = (wished.length > 0 ? wished : usable).toSorted(
    (left, right) => narrowing(right, ranges) - narrowing(left, ranges) || left.fields.length - right.fields.length,
  );
  if (index) return { index, descending, ...bounds(index, ranges) };
  if (sort.some((field) => field !== '_id')) {
    throw new CouchDbError('no_usable_index', 'No index exists for this sort, try indexing by the sort fields.');
  }
  const everyKey = Buffer.alloc(0);
  return { descending, lower: everyKey, upper: sortKeyEnd(everyKey) };
}

function parseSort(sort: NonNullable<MangoQuery['sort']>): { fields: string[]; descending: boolean } {
  const parsed = sort.map((item) => {
    const [field, direction] = typeof item === 'string' ? [item, 'asc'] : (Object.entries(item)[0] ?? []);
    if (field === undefined || (direction !== 'asc' && direction !== 'desc')) {
      throw new CouchDbError(
        'invalid_sort_json',
        'Sort must be an array of field names or of objects {field: direction}',
      );
    }
    return { field, direction };
  });
  const directions = new Set(parsed.map(({ direction }) => direction));
  if (directions.size > 1) {
    throw new CouchDbError('unsupported_mixed_sort', 'Sorts currently only support a single direction for all fields.');
  }
  return { fields: parsed.map(({ field }) => field), descending: directions.has('desc') };
}

/** The fields that every match has. A missing field passes no test but `$exists: false`. */
function requiredFields(condition: Condition): Map<string, FieldRange> {
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

function rangeOf({ operator, operand, negated }: Test): FieldRange {
  if (negated) return {};
  switch (operator) {
    case '$eq':
      return { lower: operand, upper: operand };
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
    both.set(field, known && isFixed(known) ? known : { ...known, ...range });
  }
  return both;
}

function isFixed(range: FieldRange | undefined): boolean {
  return range?.lower !== undefined && range.lower === range.upper;
}

function sorts(index: MangoIndex, sort: readonly string[], ranges: Map<string, FieldRange>): boolean {
  let next = 0;
  for (const field of index.fields) {
    if (next === sort.length) return true;
    if (field === sort[next]) next += 1;
    else if (!isFixed(ranges.get(field))) return false;
  }
  return next === sort.length;
}

function isWished({ ddoc, name }: MangoIndex, wish: MangoQuery['use_index']): boolean {
  if (wish === undefined) return false;
  const [wishedDdoc = '', wishedName] = typeof wish === 'string' ? wish.replace(/^_design\//, '').split('/') : wish;
  return wishedDdoc.replace(/^_design\//, '') === ddoc && (wishedName === undefined || wishedName === name);
}

/** How many leading fields a selector fixes or bounds. */
function narrowing(index: MangoIndex, ranges: Map<string, FieldRange>): number {
  const open = index.fields.findIndex((field) => !isFixed(ranges.get(field)));
  if (open < 0) return 2 * index.fields.length;
  const range = ranges.get(index.fields[open] ?? '');
  return 2 * open + Number(range?.lower !== undefined || range?.upper !== undefined);
}

function bounds(index: MangoIndex, ranges: Map<string, FieldRange>): { lower: Buffer; upper: Buffer } {
  const fixed: JsonValue[] = [];
  for (const field of index.fields) {
    const range = ranges.get(field);
    if (!isFixed(range)) {
      const lower = range?.lower === undefined ? fixed : [...fixed, range.lower];
      const upper = range?.upper === undefined ? fixed : [...fixed, range.upper];
      return { lower: encodeSortKey(lower), upper: sortKeyEnd(encodeSortKey(upper)) };
    }
    fixed.push(range?.lower ?? null);
  }
  return { lower: encodeSortKey(fixed), upper: sortKeyEnd(encodeSortKey(fixed)) };
}
