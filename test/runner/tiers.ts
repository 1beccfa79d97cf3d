import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findCouchDb } from '../../network/native/couchdb.js';
import { findPrograms } from '../../network/native/programs.js';
import { noPython } from './python.js';

/** A tier of the suite: a folder of tests, and the reason why it cannot run here, if there is one. */
export interface Tier {
  name: string;
  files: string;
  /** Variables that the tests read. */
  env?: Record<string, string>;
  /** It takes long: it runs only where it is asked for by its name. */
  onRequest?: true;
  unavailable?: () => string | undefined;
}

export const root = fileURLToPath(new URL('../../..', import.meta.url));

const ACCEPTANCE = 'dist/test/acceptance/**/*.test.js';
const CONFORMANCE = 'dist/test/conformance/**/*.test.js';
/** The same suites on Fabric's own processes. */
const RAFT = { env: { AUDIT_TEST_NETWORK: 'raft' }, unavailable: noFabric };
const ON_REQUEST = { onRequest: true } as const;
const COUCHDB = {
  env: { AUDIT_TEST_NETWORK: 'couchdb' },
  unavailable: () => noFabric() ?? noCouchDb(),
  ...ON_REQUEST,
};
const BFT = { env: { AUDIT_TEST_NETWORK: 'bft' }, unavailable: noFabric, ...ON_REQUEST };

export const TIERS: Tier[] = [
  { name: 'unit', files: 'dist/test/unit/**/*.test.js' },
  { name: 'second-verifier', files: 'dist/test/second-verifier/**/*.test.js', unavailable: noPython },
  { name: 'contract', files: 'dist/test/contract/**/*.test.js' },
  { name: 'acceptance', files: ACCEPTANCE },
  { name: 'browser', files: 'dist/test/browser/**/*.test.js', unavailable: noBrowser },
  { name: 'conformance', files: CONFORMANCE },
  { name: 'fabric-programs', files: 'dist/test/fabric-programs/**/*.test.js', unavailable: noFabric },
  { name: 'couchdb', files: 'dist/test/couchdb/*.test.js', unavailable: noCouchDb },
  { name: 'native', files: 'dist/test/native/*.test.js', unavailable: noFabric },
  { name: 'native-couchdb', files: 'dist/test/native/couchdb/*.test.js', ...COUCHDB },
  { name: 'conformance-couchdb', files: CONFORMANCE, ...COUCHDB },
  { name: 'acceptance-couchdb', files: ACCEPTANCE, ...COUCHDB },
  { name: 'conformance-raft', files: CONFORMANCE, ...RAFT },
  { name: 'acceptance-raft', files: ACCEPTANCE, ...RAFT, ...ON_REQUEST },
  { name: 'conformance-bft', files: CONFORMANCE, ...BFT },
  { name: 'acceptance-bft', files: ACCEPTANCE, ...BFT },
];

/** Where a Chromium is looked for; `CHROMIUM` names another one. */
export function chromiumPath(): string | undefined {
  return [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
    (path) => path !== undefined && existsSync(path),
  );
}

function noBrowser(): string | undefined {
  return chromiumPath() ? undefined : 'no Chromium was found (CHROMIUM names one)';
}

function noFabric(): string | undefined {
  return findPrograms()
    ? undefined
    : "Fabric's programs were found neither in FABRIC_BIN, on the PATH nor in the cache folder";
}

function noCouchDb(): string | undefined {
  return findCouchDb()
    ? undefined
    : 'CouchDB was found neither in COUCHDB_BIN, on the PATH, in /opt/couchdb nor in the cache folder';
}
