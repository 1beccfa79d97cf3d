import { FEW_SESSIONS, MANY_SESSIONS, NEW_SESSIONS } from './workload.js';
import type { Shape } from './workload.js';

/** One way of writing: how many callers at once, how many events in a post, of what shape. */
export interface WriteCase extends Shape {
  callers: number;
  batch: number;
}

const BATCH = 100;
const many = { sessions: MANY_SESSIONS, ownIds: false };
const few = { sessions: FEW_SESSIONS, ownIds: false };
const begun = { sessions: NEW_SESSIONS, ownIds: false };
const own = { sessions: MANY_SESSIONS, ownIds: true };

const QUICK: WriteCase[] = [
  { callers: 1, batch: 1, ...many },
  { callers: 32, batch: 1, ...many },
  { callers: 256, batch: 1, ...many },
  { callers: 32, batch: 1, ...few },
  { callers: 32, batch: 1, ...own },
  { callers: 8, batch: BATCH, ...many },
];

const FULL: WriteCase[] = [
  ...[1, BATCH].flatMap((batch) => [1, 8, 32, 256].map((callers) => ({ callers, batch, ...many }))),
  { callers: 256, batch: 1, ...begun },
  ...[few, own].flatMap((shape) => [
    { callers: 32, batch: 1, ...shape },
    { callers: 256, batch: 1, ...shape },
    { callers: 8, batch: BATCH, ...shape },
  ]),
];

export function writeCases(quick: boolean, callers: readonly number[] | undefined): WriteCase[] {
  return (quick ? QUICK : FULL).filter((one) => callers?.includes(one.callers) ?? true);
}

export function describeCase({ callers, batch, sessions, ownIds }: WriteCase): string {
  const posts = batch === 1 ? 'single' : `batches of ${batch}`;
  const where = sessions === NEW_SESSIONS ? 'a new session each' : `${sessions} sessions`;
  return `${posts}, ${callers} callers, ${where}${ownIds ? ', own ids' : ''}`;
}
