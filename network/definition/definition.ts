import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { isChannelPolicy, mspIdsOf } from './policy-language.js';

/** The consortium as `consortium.yaml` states it. */

const name = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'lower-case letters, digits and hyphens, at most 32');
const mspId = z.string().regex(/^[A-Za-z][A-Za-z0-9.-]{0,63}$/, 'letters, digits, dots and hyphens, at most 64');
const domain = z.string().regex(/^(?=.{1,128}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'a DNS name in lower case');
const policy = z.string().min(1).max(4096);
const bytes = z.number().int().min(1024).max(104_857_600);

const ordererOrganization = z.strictObject({ name, mspId, domain });
export const peerOrganization = ordererOrganization.extend({
  peers: z.number().int().min(1).max(9),
  clients: z.array(name).min(1).max(16),
});

const collection = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'letters, digits, _ and -, at most 64'),
  policy,
  endorsementPolicy: policy.optional(),
  requiredPeerCount: z.number().int().min(0).max(99),
  maxPeerCount: z.number().int().min(0).max(99),
  /** Blocks after which the values are deleted; 0 keeps them. */
  blockToLive: z.number().int().min(0),
  memberOnlyRead: z.boolean(),
  memberOnlyWrite: z.boolean(),
});

const ordering = z.strictObject({
  organization: ordererOrganization,
  consensus: z.enum(['raft', 'bft']),
  orderers: z.number().int().min(1).max(16),
  batch: z.strictObject({
    timeoutMs: z.number().int().min(1).max(60_000),
    maxMessages: z.number().int().min(1).max(10_000),
    preferredMaxBytes: bytes,
    absoluteMaxBytes: bytes,
  }),
});

const consortium = z
  .strictObject({
    // Fabric's own rule for channel names.
    channel: z.string().regex(/^[a-z][a-z0-9.-]{0,248}$/, 'lower-case letters, digits, dots and hyphens'),
    organizations: z.array(peerOrganization).min(1).max(32),
    ordering,
    chaincode: z.strictObject({ name, endorsementPolicy: policy, collections: z.array(collection).max(16) }),
  })
  .superRefine((value, context) => {
    for (const [path, message] of contradictions(value)) context.addIssue({ code: 'custom', path, message });
  });

export type PeerOrganization = z.output<typeof peerOrganization>;
export type OrdererOrganization = z.output<typeof ordererOrganization>;
export type Collection = z.output<typeof collection>;
type ConsortiumFile = z.output<typeof consortium>;

/** The consortium, with the contract's version from the package's manifest. */
export interface ConsortiumDefinition extends ConsortiumFile {
  chaincode: ConsortiumFile['chaincode'] & { version: string };
}

/** The definition cannot be used; the message names the file and every place in it. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
}

// From dist/network/definition/ to the root of the package: the compiler does not copy data files.
const PACKAGE_ROOT = new URL('../../../', import.meta.url);
const DEFAULT_FILE = fileURLToPath(new URL('network/definition/consortium.yaml', PACKAGE_ROOT));

/** @throws {DefinitionError} */
export function loadDefinition(file = DEFAULT_FILE): ConsortiumDefinition {
  const result = consortium.safeParse(parseYaml(file));
  if (!result.success) {
    const places = result.error.issues.map(({ path, message }) => `  ${path.join('.') || '(whole)'}: ${message}`);
    throw new DefinitionError(`${file} is not a valid consortium:\n${places.join('\n')}`);
  }
  return { ...result.data, chaincode: { ...result.data.chaincode, version: packageVersion() } };
}

function parseYaml(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new DefinitionError(`${file} cannot be read`);
  }
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem) throw new DefinitionError(`${file} is not valid YAML: ${problem.message}`);
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    throw new DefinitionError(`${file} may not use aliases`);
  }
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('package.json', PACKAGE_ROOT), 'utf8'));
  return z.object({ version: z.string().min(1) }).parse(manifest).version;
}

/** What a schema of single fields cannot see: each a path and what is wrong there. */
function* contradictions(value: ConsortiumFile): Generator<[(string | number)[], string]> {
  const everyone = [...value.organizations, value.ordering.organization];
  for (const field of ['name', 'mspId', 'domain'] as const) {
    if (new Set(everyone.map((one) => one[field])).size < everyone.length) {
      yield [['organizations'], `two organizations have the same ${field}`];
    }
  }
  const { consensus, orderers, batch } = value.ordering;
  if (consensus === 'raft' && orderers % 2 === 0) yield [['ordering', 'orderers'], 'Raft needs an odd number'];
  if (consensus === 'bft' && orderers < 4) yield [['ordering', 'orderers'], 'BFT needs at least 4'];
  if (batch.preferredMaxBytes > batch.absoluteMaxBytes) {
    yield [['ordering', 'batch', 'preferredMaxBytes'], 'is more than absoluteMaxBytes'];
  }
  yield* contradictionsOfChaincode(value);
}

function* contradictionsOfChaincode({
  organizations,
  chaincode,
}: ConsortiumFile): Generator<[(string | number)[], string]> {
  const known = organizations.map((one) => one.mspId);
  const policies: [(string | number)[], string][] = [[['chaincode', 'endorsementPolicy'], chaincode.endorsementPolicy]];
  for (const [index, one] of chaincode.collections.entries()) {
    policies.push([['chaincode', 'collections', index, 'policy'], one.policy]);
    if (one.endorsementPolicy) {
      policies.push([['chaincode', 'collections', index, 'endorsementPolicy'], one.endorsementPolicy]);
    }
    if (one.requiredPeerCount > one.maxPeerCount) {
      yield [['chaincode', 'collections', index, 'requiredPeerCount'], 'is more than maxPeerCount'];
    }
  }
  if (new Set(chaincode.collections.map((one) => one.name)).size < chaincode.collections.length) {
    yield [['chaincode', 'collections'], 'two collections have the same name'];
  }
  for (const [path, text] of policies) {
    if (isChannelPolicy(text) && path.at(-1) === 'endorsementPolicy') continue;
    const named = mspIdsOf(text);
    if (named.length === 0) yield [path, 'names no organization'];
    for (const stranger of named.filter((id) => !known.includes(id))) {
      yield [path, `names ${stranger}, which is no organization of the consortium`];
    }
  }
}
