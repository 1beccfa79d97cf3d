import type { Condition, JsonValue } from '../../../core/index.js';
import { compareUtf8 } from '../wire/utf8-order.js';
import { CouchDbError } from './couchdb-error.js';
import { assertPlannable } from './couchdb-faults.js';
import { indexableFields, requiredFields } from './field-ranges.js';
import type { FieldRange } from './field-ranges.js';
import type { MangoIndex } from './mango-indexes.js';
import { encodeSortKey, isSorted, sortKeyEnd, unsortedPrefix } from './sort-key.js';
import type { MangoQuery } from './types.js';

/** No UTF-8 has this byte. */
const BEHIND_ALL_KEYS = Buffer.from([0xff]);

/** What a query reads: a range of an index's entries, or without an index all keys of the namespace. */
export interface MangoPlan {
  index?: MangoIndex;
  /** Sort keys (without an index: keys) from `lower` up to, not including, `upper`. */
  lower: Buffer;
  upper: Buffer;
  /** What unsorted keys begin with, of entries that may match. */
  unsorted: Buffer;
  descending: boolean;
}

/**
 * Chooses the index as CouchDB does: every field of it must be required by the selector or be sorted by; a sort must be
 * along its fields, but leading fields that the selector fixes may be left out. `use_index` is a wish. Among the indexes
 * that fit, the one with the most leading fields that the selector tests, then the one with the fewest fields. An index
 * with a filter is used only where it is wished for: CouchDB does not look whether the selector implies the filter.
 * @throws {CouchDbError} no_usable_index, unsupported_mixed_sort, invalid_sort_json, unknown_error
 */
export function planQuery(query: MangoQuery, condition: Condition, indexes: readonly MangoIndex[]): MangoPlan {
  if (indexes.length > 0) assertPlannable(condition);
  const { fields: sort, descending } = parseSort(query.sort ?? []);
  const ranges = requiredFields(condition);
  const usable = indexes.filter(
    (index) =>
      (index.filter === null || isWished(index, query.use_index)) &&
      index.fields.every((field) => ranges.has(field) || sort.includes(field)) &&
      sorts(index, sort, ranges),
  );
  const wished = usable.filter((index) => isWished(index, query.use_index));
  const tested = indexableFields(condition);
  const index = bestOf(wished.length > 0 ? wished : usable, tested);
  if (index) return { index, descending, ...bounds(index, ranges) };
  // By key, as CouchDB has it, only where the selector tests the key.
  if (sort.some((field) => field !== '_id' || !tested.has(field))) {
    throw new CouchDbError('no_usable_index', 'No index exists for this sort, try indexing by the sort fields.');
  }
  const none = Buffer.alloc(0);
  return { descending, lower: none, upper: BEHIND_ALL_KEYS, unsorted: none };
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

/** Fields are sorted by from the first one on, or from the first that the selector does not fix. */
function sorts({ fields }: MangoIndex, sort: readonly string[], ranges: Map<string, FieldRange>): boolean {
  if (sort.length === 0) return true;
  const first = fields.findIndex((field) => field === sort[0] || !ranges.get(field)?.isFixed);
  return first >= 0 && sort.every((field, position) => field === fields[first + position]);
}

function isWished({ ddoc, name }: MangoIndex, wish: MangoQuery['use_index']): boolean {
  if (wish === undefined) return false;
  const [wishedDdoc = '', wishedName] = typeof wish === 'string' ? wish.replace(/^_design\//, '').split('/') : wish;
  return wishedDdoc.replace(/^_design\//, '') === ddoc && (wishedName === undefined || wishedName === name);
}

function bestOf(indexes: readonly MangoIndex[], tested: ReadonlySet<string>): MangoIndex | undefined {
  const leading = ({ fields }: MangoIndex): number => {
    const end = fields.findIndex((field) => !tested.has(field));
    return end < 0 ? fields.length : end;
  };
  return indexes.toSorted(
    (left, right) =>
      leading(right) - leading(left) ||
      left.fields.length - right.fields.length ||
      compareUtf8(left.ddoc, right.ddoc) ||
      compareUtf8(left.name, right.name),
  )[0];
}

/** Of sorted keys as far as bytes can tell, of unsorted ones by the fixed fields only. */
function bounds({ fields }: MangoIndex, ranges: Map<string, FieldRange>): Omit<MangoPlan, 'index' | 'descending'> {
  const open = fields.findIndex((field) => !ranges.get(field)?.isFixed);
  const fixed = fields.slice(0, open < 0 ? fields.length : open).map((field) => ranges.get(field)?.lower ?? null);
  const start = encodeSortKey(fixed);
  const keyOf = (bound: JsonValue | undefined): Buffer => {
    const key = bound === undefined ? start : encodeSortKey([...fixed, bound]);
    return isSorted(key) ? key : start;
  };
  const range = ranges.get(fields[fixed.length] ?? '');
  const unsorted = unsortedPrefix(fixed);
  if (!isSorted(start)) return { lower: start, upper: start, unsorted };
  return { lower: keyOf(range?.lower), upper: sortKeyEnd(keyOf(range?.upper)), unsorted };
}
