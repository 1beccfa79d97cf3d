import { AuditError } from '../../core/index.js';
import type { AlarmCode } from './alarms.js';

/** Something in a block that does not hold. */
export interface Finding {
  code: AlarmCode;
  detail: string;
}

export function mismatch(detail: string): Finding {
  return { code: 'RECORD_MISMATCH', detail };
}

/** What was written may be anything; what cannot even be hashed is no event. */
export function toFinding(error: unknown, at: string): Finding {
  const detail = `${at}: ${error instanceof Error ? error.message : 'malformed'}`;
  if (!(error instanceof AuditError)) return mismatch(detail);
  if (error.code === 'HASH_MISMATCH') return { code: 'EVENT_HASH_MISMATCH', detail };
  if (error.code === 'CHAIN_BROKEN' || error.code === 'COMMITMENT_MISMATCH') return { code: error.code, detail };
  return mismatch(detail);
}
