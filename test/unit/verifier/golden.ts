import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { EventEvidenceFile, EvidenceFile } from '../../../core/index.js';
import { readTrust } from '../../../verifier/index.js';
import type { Trust } from '../../../verifier/index.js';
import { root } from '../../runner/tiers.js';

/** Files that gateways once handed out, of the embedded network and of Fabric's own peers; they must verify for ever. */
export const GOLDEN = {
  receipt: { file: 'embedded/receipt.json', challenge: 'golden-challenge', verdict: 'demonstration' },
  other: { file: 'embedded/other.json', challenge: 'another-challenge', verdict: 'demonstration' },
  fabric: { file: 'fabric/receipt.json', challenge: 'asked-of-fabric', verdict: 'valid' },
  full: { file: 'embedded-full/full.json', challenge: 'golden-challenge', verdict: 'demonstration' },
  signed: { file: 'embedded-signed/signed.json', challenge: 'golden-challenge', verdict: 'demonstration' },
  otherSigned: { file: 'embedded-signed/other.json', challenge: 'another-challenge', verdict: 'demonstration' },
  session: { file: 'embedded-forms/session.json', challenge: 'golden-challenge', verdict: 'demonstration' },
  otherSession: { file: 'embedded-forms/other-session.json', challenge: 'another-challenge', verdict: 'demonstration' },
  absence: { file: 'embedded-forms/absence.json', challenge: 'golden-challenge', verdict: 'demonstration' },
  absentSession: {
    file: 'embedded-forms/absent-session.json',
    challenge: 'another-challenge',
    verdict: 'demonstration',
  },
  absentId: { file: 'embedded-forms/absent-id.json', challenge: 'golden-challenge', verdict: 'demonstration' },
  query: { file: 'embedded-forms/query.json', challenge: 'golden-challenge', verdict: 'demonstration' },
  otherQuery: { file: 'embedded-forms/other-query.json', challenge: 'another-challenge', verdict: 'demonstration' },
  fabricFull: { file: 'fabric-full/full.json', challenge: 'golden-challenge', verdict: 'valid' },
  fabricSession: { file: 'fabric-forms/session.json', challenge: 'golden-challenge', verdict: 'valid' },
  fabricAbsence: { file: 'fabric-forms/absence.json', challenge: 'golden-challenge', verdict: 'valid' },
  fabricAbsentSession: { file: 'fabric-forms/absent-session.json', challenge: 'golden-challenge', verdict: 'valid' },
  fabricAbsentId: { file: 'fabric-forms/absent-id.json', challenge: 'golden-challenge', verdict: 'valid' },
  otherFull: { file: 'embedded-full/other.json', challenge: 'golden-challenge', verdict: 'demonstration' },
} as const;

export type GoldenName = keyof typeof GOLDEN;

const folder = join(root, 'test/vectors/evidence-v1');

/** Of the forms that are about one event. */
export function readGolden(name: GoldenName): EventEvidenceFile {
  return readGoldenForm(name) as EventEvidenceFile;
}

export function readGoldenForm(name: GoldenName): EvidenceFile {
  return JSON.parse(readFileSync(join(folder, GOLDEN[name].file), 'utf8')) as EvidenceFile;
}

export function goldenTrust(name: GoldenName): Trust {
  const { json, pems, ordererPems } = readGoldenTrustFiles(name);
  return readTrust(json, pems, ordererPems);
}

export function readGoldenTrustFiles(name: GoldenName) {
  const trust = join(folder, GOLDEN[name].file, '../trust');
  const json = readFileSync(join(trust, 'trust.json'), 'utf8');
  return { json, pems: readPems(trust), ordererPems: readPems(join(trust, 'orderers')) };
}

function readPems(dir: string): Map<string, string> {
  const names = existsSync(dir) ? readdirSync(dir).filter((file) => file.endsWith('.pem')) : [];
  return new Map(names.map((file) => [basename(file, '.pem'), readFileSync(join(dir, file), 'utf8')]));
}
