import type { PostedEvent, SealedEvent } from '../../core/index.js';
import type { Entry, JournaledEntry, KeptRequest } from './entry.js';

/** What a sheet of the journal says of one entry. */
export interface SheetEntry {
  id: number;
  kind: 'plain' | 'sealed';
  bundle: number | null;
  submitted_by: string | null;
  accepted: 0 | 1;
  request_id: number | null;
  position: number | null;
  /** Whether the event is sealed at its place, or what was posted. */
  placed: 0 | 1;
  event: unknown;
}

/** A sheet is JSON: entries that were written together. */
export function readSheet(content: string): SheetEntry[] {
  return JSON.parse(content) as SheetEntry[];
}

/** @param entries as `writeEntry` wrote them. */
export function writeSheet(entries: readonly string[]): string {
  return `[${entries.join(',')}]`;
}

/** @param event as `writeEvent` wrote it. */
export function writeEntry(entry: Entry, id: number, requestId: number | null, event: string): string {
  const { draft, bundle, submittedBy, request, accepted, seal } = entry;
  const about: Omit<SheetEntry, 'event'> = {
    id,
    kind: draft.kind,
    bundle: bundle ?? null,
    submitted_by: submittedBy ?? null,
    accepted: accepted ? 1 : 0,
    request_id: requestId,
    position: request?.position ?? null,
    placed: seal === undefined ? 0 : 1,
  };
  return `${JSON.stringify(about).slice(0, -1)},"event":${event}}`;
}

/** What the journal has to know to send the entry again. */
export function writeEvent({ draft, seal }: Entry): string {
  return seal?.text ?? (draft.kind === 'sealed' ? draft.seal.text : JSON.stringify(draft.posted));
}

/** @param request the one that the entry is of. */
export function toJournaled(kept: SheetEntry, request: KeptRequest | undefined): JournaledEntry {
  const { id, kind, event } = kept;
  return {
    journalId: id,
    bundle: kept.bundle ?? undefined,
    submittedBy: kept.submitted_by ?? undefined,
    accepted: kept.accepted === 1,
    request: request && { request, position: kept.position ?? 0 },
    ...(kind === 'sealed' && { sealed: event as SealedEvent }),
    ...(kind === 'plain' && kept.placed === 0 && { posted: event as PostedEvent }),
    ...(kept.placed === 1 && { seal: event as SealedEvent }),
  };
}
