import type { AlarmCode } from './alarms.js';

/** Something in a block that does not hold. */
export interface Finding {
  code: AlarmCode;
  detail: string;
}
