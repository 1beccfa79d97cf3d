/**
 * Times are kept as they were posted; to compare and to index them they are brought to one form:
 * RFC 3339 in UTC with nine decimals (OpenTelemetry counts nanoseconds), which sorts as text.
 */

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/;

/** The sortable form of an RFC 3339 time, or `undefined` where the text is none. Leap seconds are not accepted. */
export function normalizeTimestamp(text: string): string | undefined {
  const match = RFC3339.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', offset = 'Z'] = match;
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const ms = Date.parse(`${local}Z`);
  // Date.parse rolls 30 February over to March; a time that does not read back is not a time.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 19) !== local) return undefined;
  const offsetMs = parseOffset(offset);
  if (offsetMs === undefined) return undefined;
  const utc = new Date(ms - offsetMs).toISOString();
  if (utc.length !== 24) return undefined; // before year 0 or after 9999
  return `${utc.slice(0, 19)}.${fraction.padEnd(9, '0')}Z`;
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
  if (offset === 'Z' || offset === 'z') return 0;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(4, 6));
  if (hours > 23 || minutes > 59) return undefined;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
