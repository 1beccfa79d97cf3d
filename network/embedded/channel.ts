import type { Ledger } from './ledger/types.js';
import type { ValidationRules } from './committer/validate-transaction.js';
import type { SignaturePolicy } from './msp/signature-policy.js';
import type { StateLock } from './endorser/state-lock.js';
import type { TransientStore } from './endorser/transient-store.js';

/** A private data collection, as far as endorsement and validation need it. */
export interface CollectionDefinition {
  name: string;
  memberMspIds: readonly string[];
  memberOnlyRead: boolean;
  memberOnlyWrite: boolean;
  /** Absent: the chaincode's policy counts. */
  endorsementPolicy?: SignaturePolicy;
}

export interface ChaincodeDefinition {
  name: string;
  version: string;
  endorsementPolicy: SignaturePolicy;
  collections: ReadonlyMap<string, CollectionDefinition>;
}

export type StateValues = 'couchdb' | 'exact';

/** What all peers of the one channel share in this process. */
export interface Channel extends ValidationRules {
  ledger: Ledger;
  stateLock: StateLock;
  transientStore: TransientStore;
  /** Whether chaincode gets values back as CouchDB returns them, or as they were written. */
  values: StateValues;
}
