import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { ConsortiumDefinition } from '../definition/index.js';
import { assertOneForEach } from './couchdb.js';
import type { CouchDbChoice } from './couchdb.js';
import { layOut, ON_LOOPBACK, portCount } from './layout.js';
import type { Addressing, NativeLayout } from './layout.js';
import { partOf, withForeignOrderer } from './part.js';
import { assertFree } from './ports.js';
import { ProgramError } from './programs.js';

/** A process that belongs to a network: an orderer, a database, a peer, a chaincode service. */
export interface NetworkProcess {
  name: string;
  /** Of its log. */
  folder: string;
  port: number;
}

/** What a network was made with: it is in its identities and first block, and cannot be changed under it. */
const settings = z.strictObject({
  version: z.literal(1),
  basePort: z.number().int(),
  /** Whether it has a CouchDB for each peer. */
  ownCouchDb: z.boolean().default(false),
  /** Whether it uses such as others run. */
  givenCouchDb: z.boolean().default(false),
  consortium: z.looseObject({
    organizations: z.array(z.looseObject({ name: z.string() })),
    ordering: z.looseObject({ orderers: z.number().int() }),
  }),
  /** In the order they are started; folders are relative to the network's. */
  processes: z.array(z.strictObject({ name: z.string(), folder: z.string(), port: z.number().int() })),
});
type Settings = z.output<typeof settings>;

/**
 * The network in this folder, or a new one.
 * @throws {ProgramError} if ports are taken, it is of another definition, or the databases given do not fit; nothing is
 * made then
 */
export async function createLayout(
  dir: string,
  definition: ConsortiumDefinition,
  basePort: number,
  { addressing = ON_LOOPBACK, couchDb = [] }: { addressing?: Addressing; couchDb?: CouchDbChoice | undefined } = {},
): Promise<NativeLayout> {
  const ownCouchDb = couchDb === 'own';
  if (hasNetwork(dir)) {
    const existing = openLayout(dir, definition, addressing);
    const hasSuch = existing.ownCouchDb || (existing.givenCouchDb && !ownCouchDb);
    if (couchDb.length > 0 && !hasSuch) {
      throw new ProgramError(`the network in ${dir} was made without such a CouchDB; remove it to make one with it`);
    }
    assertOneForEach(existing, couchDb);
    return existing;
  }
  const givenCouchDb = !ownCouchDb && couchDb.length > 0;
  const layout = { ...layOut(definition, dir, basePort, addressing), ownCouchDb, givenCouchDb };
  assertOneForEach(layout, couchDb);
  await assertFree(basePort, portCount(definition));
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const content: Settings = {
    version: 1,
    basePort,
    ownCouchDb,
    givenCouchDb,
    consortium: structureOf(definition),
    processes: processesOf(layout).map((one) => ({ ...one, folder: relative(dir, one.folder) })),
  };
  writeFileSync(settingsFile(dir), JSON.stringify(content), { mode: 0o600 });
  return layout;
}

/**
 * The network in this folder: of the definition's organizations those that it was made with. Others have joined, and
 * run theirs elsewhere; where this is the folder of one that has joined, the orderers do so too.
 * @throws {ProgramError} if there is none, or it is of another definition
 */
export function openLayout(dir: string, definition: ConsortiumDefinition, addressing = ON_LOOPBACK): NativeLayout {
  if (!hasNetwork(dir)) throw new ProgramError(`there is no network in ${dir}`);
  const { basePort, ownCouchDb, givenCouchDb, consortium } = readSettings(dir);
  const ours = new Set(consortium.organizations.map(({ name }) => name));
  const organizations = definition.organizations.filter(({ name }) => ours.has(name));
  const hasOrderers = consortium.ordering.orderers > 0;
  const own = hasOrderers ? { ...definition, organizations } : partOf(definition, organizations);
  if (!isDeepStrictEqual(structureOf(consortium), structureOf(own))) {
    throw new ProgramError(`${dir} holds a network of another definition; name that one, or remove the network`);
  }
  const layout = { ...layOut(own, dir, basePort, addressing), ownCouchDb, givenCouchDb };
  return hasOrderers ? layout : withForeignOrderer(layout);
}

/** Every process of the network in this folder, whatever the definition says by now. @throws {ProgramError} */
export function listProcesses(dir: string): NetworkProcess[] {
  if (!hasNetwork(dir)) throw new ProgramError(`there is no network in ${dir}`);
  return readSettings(dir).processes.map((one) => ({ ...one, folder: join(dir, one.folder) }));
}

export function hasNetwork(dir: string): boolean {
  return existsSync(settingsFile(dir));
}

function processesOf({ orderers, peers, ownCouchDb }: NativeLayout): NetworkProcess[] {
  const services = peers.map(({ name, chaincode }) => ({ ...chaincode, name: `chaincode of ${name}` }));
  const databases = ownCouchDb ? peers.map(({ couchDb }) => couchDb) : [];
  return [...orderers, ...databases, ...peers, ...services].map(({ name, folder, port }) => ({ name, folder, port }));
}

const settingsFile = (dir: string): string => join(dir, 'network.json');

function readSettings(dir: string): Settings {
  try {
    return settings.parse(JSON.parse(readFileSync(settingsFile(dir), 'utf8')));
  } catch {
    throw new ProgramError(`${settingsFile(dir)} is damaged`);
  }
}

/**
 * Without what can change under a network: the chaincode's part changes by a new sequence, and how blocks are cut is in
 * the channel's configuration.
 */
function structureOf(definition: Pick<ConsortiumDefinition, Structure> | Settings['consortium']) {
  const { channel, organizations, ordering } = definition as Pick<ConsortiumDefinition, Structure>;
  const { batch: _batch, ...ofOrdering } = ordering;
  return { channel, organizations, ordering: ofOrdering };
}

type Structure = 'channel' | 'organizations' | 'ordering';
