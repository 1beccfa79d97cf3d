import type { Logger } from 'pino';
import type { ResolvedConfig } from './config.js';
import type { TokenFile } from './http/tokens.js';
import type { WritePath } from './intake/write-path.js';
import type { AuditLedger } from './ledger/audit-ledger.js';
import type { Metrics } from './metrics.js';
import type { Witness } from './witness/witness.js';

/** What the routes work with. */
export interface Services {
  readonly ledger: AuditLedger;
  readonly writePath: WritePath;
  readonly witness: Witness;
  readonly tokens: TokenFile | undefined;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly limits: ResolvedConfig['limits'];
  readonly timeouts: ResolvedConfig['timeouts'];
  /** Aborted when the gateway starts to close: what stays open for long ends then. */
  readonly closing: AbortSignal;
}
