import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import path from 'node:path';
import type { ConsortiumDefinition } from '../../network/definition/index.js';
import { findPrograms } from '../../network/native/index.js';
import type { NativeOptions } from '../../network/native/index.js';
import { assertFree } from '../../network/native/ports.js';
import { root } from '../runner/tiers.js';

export const AUDIT_CHAINCODE = path.join(root, 'dist/chaincode-package');
const PORTS = 200;
/** Below the ports that the system hands out. */
const FIRST_PORT = 20_000;
const ROWS = 60;

/** What a test makes a network of Fabric's own processes with. */
export async function nativeOptions(
  dir: string,
  definition: ConsortiumDefinition,
  bundle = AUDIT_CHAINCODE,
): Promise<NativeOptions> {
  const programs = findPrograms() ?? assert.fail("Fabric's programs are not here");
  return { dir, definition, programs, bundle, basePort: await freePortRow() };
}

/** The same consortium with four orderers that tolerate Byzantine faults. */
export function withBft({ ordering, ...rest }: ConsortiumDefinition): ConsortiumDefinition {
  return { ...rest, ordering: { ...ordering, consensus: 'bft', orderers: 4 } };
}

/** The first of a row of free ports. Where to look is random: tests of several checkouts may run at once. */
export async function freePortRow(): Promise<number> {
  const start = randomInt(ROWS);
  for (let row = 0; row < ROWS; row++) {
    const first = FIRST_PORT + ((start + row) % ROWS) * PORTS;
    try {
      await assertFree(first, PORTS);
      return first;
    } catch {
      continue;
    }
  }
  return assert.fail('no row of free ports');
}
