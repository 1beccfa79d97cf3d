import { canonicalize } from '../json/canonical.js';
import type { JsonObject } from '../json/value.js';
import { COMMITTED_FIELDS } from './schema.js';
import type { EventCore, Openings } from './schema.js';
import { commit } from './seal.js';

export interface ContentComparison {
  same: boolean;
  /** `core` where stored openings are gone, so that of their values only the sizes could be compared. */
  compared: 'content' | 'core';
}

/**
 * Whether two events say the same, whatever their places in a chain and their salts: equal public fields, equal
 * committed values. A value is compared by committing to it anew under the stored salt.
 */
export function compareContent(
  stored: { core: EventCore; openings?: Openings | undefined },
  incoming: { core: EventCore; openings: Openings },
): ContentComparison {
  let compared: ContentComparison['compared'] = 'content';
  let same = publicText(stored.core) === publicText(incoming.core);
  for (const field of COMMITTED_FIELDS) {
    const before = stored.core.commitments[field];
    const now = incoming.core.commitments[field];
    if (before?.size_bytes !== now?.size_bytes) same = false;
    if (!before) continue;
    const salt = stored.openings?.[field]?.salt;
    if (salt === undefined) compared = 'core';
    else same &&= opensTo(before.sha256, salt, incoming.openings[field]);
  }
  return { same, compared };
}

function opensTo(sha256: string, salt: string, opening: Openings['input']): boolean {
  return opening !== undefined && commit({ salt, value: opening.value }).sha256 === sha256;
}

/** The public fields as the client posted them, with their owner. */
function publicText(core: EventCore): string {
  const { seq, prev_hash, commitments, ...posted } = core;
  return canonicalize(posted as JsonObject);
}
