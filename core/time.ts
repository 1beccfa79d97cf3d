/**
 * Times are kept as they were posted; to compare and to index them they are brought to one form:
 * RFC 3339 in UTC with nine decimals (OpenTelemetry counts nanoseconds), which sorts as text.
 */

const RFC3339 =
  /^(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))[Tt]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/;

/** The sortable form of an RFC 3339 time, or `undefined` where the text is none. Leap seconds are not accepted. */
export function normalizeTimestamp(text: string): string | undefined {
  const match = RFC3339.exec(text);
  if (!match) return undefined;
  const [, date = '', time = '', fraction = '', offset = 'Z'] = match;
  if (!isInCalendar(date)) return undefined;
  const local = `${date}T${time}`;
  const utc = offset === 'Z' || offset === 'z' ? local : inUtc(local, offset);
  return utc && `${utc}.${fraction.padEnd(9, '0')}Z`;
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether its month has the day (RFC 3339, appendix C), of a date of the form YYYY-MM-DD. */
function isInCalendar(date: string): boolean {
  const [year, month, day] = [Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8))];
  const isLeapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (month === 2 && isLeapYear ? 29 : (DAYS[month - 1] ?? 0));
}

/** @param local a date and time of the form YYYY-MM-DDThh:mm:ss; the result has the same. */
function inUtc(local: string, offset: string): string | undefined {
  const offsetMs = parseOffset(offset);
  if (offsetMs === undefined) return undefined;
  const utc = new Date(Date.parse(`${local}Z`) - offsetMs).toISOString();
  return utc.length === 24 ? utc.slice(0, 19) : undefined; // before year 0 or after 9999
}

export function isTimestamp(text: string): boolean {
  return normalizeTimestamp(text) !== undefined;
}

/** Milliseconds since the epoch of a sortable time; what is below a millisecond is cut off. */
export function timestampMs(sortable: string): number {
  return Date.parse(`${sortable.slice(0, 23)}Z`);
}

/** The sortable form of seconds and nanoseconds since the epoch (protobuf's Timestamp). */
export function timestampFromSeconds(seconds: number, nanos: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(nanos).padStart(9, '0')}Z`;
}

/** The sortable form of milliseconds since the epoch. */
export function timestampFromMs(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}000000Z`;
}

function parseOffset(offset: string): number | undefined {
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(4, 6));
  if (hours > 23 || minutes > 59) return undefined;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
