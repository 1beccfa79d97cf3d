/** The ledger of one channel: block files as the truth, an index beside them. */
export { LedgerError } from './ledger-error.js';
export type { LedgerFaultCode, LedgerPlace } from './ledger-error.js';
export { parseEnvelopeHeader, parseEnvelopeRwset, parsePrivateWrites, parseRwset } from './parse-rwset.js';
export type { EnvelopeHeader } from './parse-rwset.js';
