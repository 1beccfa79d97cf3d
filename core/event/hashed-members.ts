import { CanonicalMembers } from '../json/canonical-members.js';
import { LIMITS } from '../limits.js';

/** For reading a text with events in it: the canonical JSON of their cores, and of the values that they commit to. */
export function hashedMembers(): CanonicalMembers {
  return new CanonicalMembers(['core', 'value'], LIMITS.depth);
}
