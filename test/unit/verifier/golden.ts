import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { EvidenceFile } from '../../../core/index.js';
import { root } from '../../runner/tiers.js';
import { readTrust } from '../../../verifier/index.js';
import type { Trust } from '../../../verifier/index.js';

/** Files that a gateway once handed out; they must verify for ever. */
export const GOLDEN = join(root, 'test/vectors/evidence-v1');
export const GOLDEN_TRUST = join(GOLDEN, 'trust');
export const GOLDEN_CHALLENGE = 'golden-challenge';

export function readGolden(name: 'receipt' | 'other'): EvidenceFile {
  return JSON.parse(readFileSync(join(GOLDEN, `${name}.json`), 'utf8')) as EvidenceFile;
}

export function goldenTrust(): Trust {
  const { json, pems } = readGoldenTrustFiles();
  return readTrust(json, pems);
}

export function readGoldenTrustFiles(): { json: string; pems: Map<string, string> } {
  const names = readdirSync(GOLDEN_TRUST).filter((name) => name.endsWith('.pem'));
  const read = (name: string) => readFileSync(join(GOLDEN_TRUST, name), 'utf8');
  return { json: read('trust.json'), pems: new Map(names.map((name) => [basename(name, '.pem'), read(name)])) };
}
