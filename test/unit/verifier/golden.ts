import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { EvidenceFile } from '../../../core/index.js';
import { readTrust } from '../../../verifier/index.js';
import type { Trust } from '../../../verifier/index.js';
import { root } from '../../runner/tiers.js';

/** Files that gateways once handed out, of the embedded network and of Fabric's own peers; they must verify for ever. */
export const GOLDEN = {
  receipt: { file: 'embedded/receipt.json', challenge: 'golden-challenge', verdict: 'demonstration' },
  other: { file: 'embedded/other.json', challenge: 'another-challenge', verdict: 'demonstration' },
  fabric: { file: 'fabric/receipt.json', challenge: 'asked-of-fabric', verdict: 'valid' },
} as const;

export type GoldenName = keyof typeof GOLDEN;

const folder = join(root, 'test/vectors/evidence-v1');

export function readGolden(name: GoldenName): EvidenceFile {
  return JSON.parse(readFileSync(join(folder, GOLDEN[name].file), 'utf8')) as EvidenceFile;
}

export function goldenTrust(name: GoldenName): Trust {
  const { json, pems } = readGoldenTrustFiles(name);
  return readTrust(json, pems);
}

export function readGoldenTrustFiles(name: GoldenName): { json: string; pems: Map<string, string> } {
  const trust = join(folder, GOLDEN[name].file, '../trust');
  const names = readdirSync(trust).filter((file) => file.endsWith('.pem'));
  const read = (file: string) => readFileSync(join(trust, file), 'utf8');
  return { json: read('trust.json'), pems: new Map(names.map((file) => [basename(file, '.pem'), read(file)])) };
}
