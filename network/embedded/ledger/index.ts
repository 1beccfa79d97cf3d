/** The ledger of one channel: block files as the truth, an index beside them. */
export { openLedger } from './channel-ledger.js';
export type { LedgerOptions } from './channel-ledger.js';
export { CouchDbError } from './couchdb-error.js';
export { LedgerError } from './ledger-error.js';
export type { LedgerFaultCode, LedgerPlace } from './ledger-error.js';
export { parseEnvelopeHeader, parseEnvelopeRwset, parsePrivateWrites, parseRwset } from './parse-rwset.js';
export type { EnvelopeHeader } from './parse-rwset.js';
export type { RecoveryListener } from './recovery.js';
export { verifyLedger } from './verify.js';
export type { BlockUnderTest, LedgerFinding, VerifyOptions } from './verify.js';
