import { AuditError, challengeText } from '../../core/index.js';

/** @throws {AuditError} INVALID_REQUEST */
export function checkChallenge(challenge: string): void {
  if (challengeText.safeParse(challenge).success) return;
  throw new AuditError('INVALID_REQUEST', 'the challenge is not 8 to 128 of A-Z a-z 0-9 . _ ~ -');
}
