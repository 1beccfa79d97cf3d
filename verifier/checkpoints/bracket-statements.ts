import { say } from '../statements.js';
import type { Statement } from '../statements.js';
import type { Bracket } from './bracket.js';

/** Between which times, on whose word. */
export function bracketStatements({ not_before: before, not_after: after }: Bracket): Statement[] {
  return [
    ...(before
      ? [
          say(
            'attested',
            [before.signed_by],
            `At ${before.at} it was not on the ledger yet: it had ${before.height} blocks (observed by ${before.observed_by}).`,
          ),
        ]
      : []),
    ...(after
      ? [
          say(
            'attested',
            [after.signed_by],
            `At ${after.at} the ledger had its block: it had ${after.height} blocks (observed by ${after.observed_by}).`,
          ),
        ]
      : []),
  ];
}
