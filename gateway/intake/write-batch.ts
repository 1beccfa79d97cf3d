import { canonicalize } from '../../core/index.js';
import type { Entry, Group } from './entry.js';

/**
 * Canonical JSON of the RecordBatch in UTF-8, of the seals as they were written for the journal. Pieces go into the bytes
 * that are sent one by one: as one text a batch would be twice in the heap before.
 */
export function writeBatch(groups: readonly Group[]): Uint8Array {
  const pieces: string[] = ['{"groups":['];
  for (const [index, { lane, entries }] of groups.entries()) {
    if (index > 0) pieces.push(',');
    pieces.push(`{"agent_id":${canonicalize(lane.agentId)},"events":[`);
    for (const [position, entry] of entries.entries()) {
      if (position > 0) pieces.push(',');
      pushSubmission(pieces, entry);
    }
    pieces.push(`],"session_id":${canonicalize(lane.sessionId)}}`);
  }
  pieces.push('],"v":1}');
  return join(pieces);
}

function pushSubmission(pieces: string[], { seal, submittedBy }: Entry): void {
  if (!seal) throw new Error('an entry was sent before it was sealed');
  if (submittedBy === undefined) pieces.push(seal.text);
  else pieces.push(seal.text.slice(0, -1), `,"submitted_by":${canonicalize(submittedBy)}}`);
}

function join(pieces: readonly string[]): Uint8Array {
  let length = 0;
  for (const piece of pieces) length += Buffer.byteLength(piece);
  const bytes = Buffer.allocUnsafe(length);
  let end = 0;
  for (const piece of pieces) end += bytes.write(piece, end);
  return bytes;
}
