import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { loadDefinition } from '../../network/definition/index.js';
import type { ConsortiumDefinition } from '../../network/definition/index.js';
import { startEmbeddedNetwork, verifyEmbeddedLedger } from '../../network/embedded/index.js';
import { reset, up, verify } from '../../network/native/index.js';
import type { NativeOptions } from '../../network/native/index.js';
import { nativeOptions, withBft } from './native-options.js';

/**
 * The network that the acceptance and conformance suites run on, as `AUDIT_TEST_NETWORK` says: the embedded one, or
 * Fabric's own processes with LevelDB and one Raft orderer, with CouchDB instead, or with four BFT orderers.
 */
export const NETWORK = z
  .enum(['embedded', 'raft', 'couchdb', 'bft'])
  .parse(process.env['AUDIT_TEST_NETWORK'] ?? 'embedded');

export interface NetworkUnderTest {
  /** Organization name → path of its connection profile. */
  profiles: Record<string, string>;
  /** Stops the network, checks the whole ledger as far as the network allows, and removes it. */
  close(): Promise<void>;
}

export interface NetworkRequest {
  /** Everything of the network is below it. */
  dir: string;
  /** Folder of the built chaincode. */
  bundle: string;
  definition?: ConsortiumDefinition;
}

export function startNetworkUnderTest({
  definition = loadDefinition(),
  ...rest
}: NetworkRequest): Promise<NetworkUnderTest> {
  return NETWORK === 'embedded' ? startEmbedded({ definition, ...rest }) : startNative({ definition, ...rest });
}

async function startEmbedded({ dir, bundle, definition }: Required<NetworkRequest>): Promise<NetworkUnderTest> {
  const network = await startEmbeddedNetwork({
    dataDir: dir,
    definition,
    chaincodePackageDir: bundle,
    simulate: 'each',
    values: 'couchdb',
  });
  const close = async (): Promise<void> => {
    await network.close();
    const findings = await verifyEmbeddedLedger(dir, definition);
    rmSync(dir, { recursive: true });
    assert.deepEqual(findings, []);
  };
  return { profiles: network.profiles, close };
}

async function startNative({ dir, bundle, definition }: Required<NetworkRequest>): Promise<NetworkUnderTest> {
  const couchDb = NETWORK === 'couchdb' ? ('own' as const) : [];
  const native = await nativeOptions(dir, NETWORK === 'bft' ? withBft(definition) : definition, bundle);
  const options = { ...native, couchDb };
  try {
    const { profiles } = await up(options);
    return { profiles, close: () => closeNative(options) };
  } catch (error) {
    // No process may outlive a network that did not come up.
    await reset(dir);
    throw error;
  }
}

async function closeNative(options: NativeOptions): Promise<void> {
  const findings = await findingsWhenLevel(options);
  await reset(options.dir);
  assert.deepEqual(findings, []);
}

/** What does not hold once every peer has the same blocks. */
export async function findingsWhenLevel(options: NativeOptions): Promise<string[]> {
  for (;;) {
    const { heights, findings } = await verify(options);
    if (findings.length > 0 || new Set(Object.values(heights)).size === 1) return findings;
    await delay(200);
  }
}

/** All keys of the embedded network are marked as a demonstration's. */
export const IS_DEMONSTRATION = NETWORK === 'embedded';

/** LevelDB peers refuse rich queries. */
export const HAS_QUERIES = NETWORK === 'embedded' || NETWORK === 'couchdb';

/** `it` for what asks rich queries; where there are none the test is listed as pending. */
export const itWithQueries = HAS_QUERIES ? it : it.skip;
export const itWithoutQueries = HAS_QUERIES ? it.skip : it;

/** BFT orderers are known by their consenter's number, not by an authority: test/native/full-evidence.test.ts has those. */
export const itWithCertifiedOrderers = NETWORK === 'bft' ? it.skip : it;

/** What is about the embedded network itself, its data folder or `npm start`: elsewhere it is listed as pending. */
export const describeEmbedded = NETWORK === 'embedded' ? describe : describe.skip;
