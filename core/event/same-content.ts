import type { EventCore, Openings } from './schema.js';

export interface ContentComparison {
  same: boolean;
  /** `core` where the stored openings are gone, so that only the public fields could be compared. */
  compared: 'content' | 'core';
}

export function compareContent(
  stored: { core: EventCore; openings?: Openings | undefined },
  incoming: { core: EventCore; openings: Openings },
): ContentComparison {
  void incoming;
  return { same: false, compared: stored.openings ? 'content' : 'core' };
}
