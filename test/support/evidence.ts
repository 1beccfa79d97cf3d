import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTrust, verifyEvidence } from '../../verifier/index.js';
import type { Report, Statement, Trust } from '../../verifier/index.js';
import { ORGANIZATIONS } from './consortium.js';
import type { Consortium } from './consortium.js';
import { IS_DEMONSTRATION } from './network-under-test.js';

/** Verifies what the gateways of a consortium hand out, for somebody who trusts all its organizations. */
export function verifyAsOutsider(consortium: Pick<Consortium, 'dir'>, text: string, challenge?: string): Report {
  return verifyEvidence(Buffer.from(text), trustInAll(consortium), { challenge });
}

/** @param more of `trust.json`. @param ordererPems as in its folder `orderers`. */
export function trustInAll(
  { dir }: Pick<Consortium, 'dir'>,
  more: object = {},
  ordererPems: Record<string, string> = {},
): Trust {
  const pems = new Map(ORGANIZATIONS.map((name) => [mspIdOf(name), authorityOf(dir, name)]));
  const json = JSON.stringify({ version: 1, rule: { at_least: 3 }, ...more });
  return readTrust(json, pems, new Map(Object.entries(ordererPems)));
}

/** The same, where it has to hold. */
export function expectProven(consortium: Pick<Consortium, 'dir'>, text: string, challenge?: string): Report {
  const report = verifyAsOutsider(consortium, text, challenge);
  assert.equal(
    report.verdict,
    IS_DEMONSTRATION ? 'demonstration' : 'valid',
    `${report.fault?.code} ${report.fault?.pointer}: ${report.fault?.detail}`,
  );
  return report;
}

export function authorityOf(dir: string, organization: string): string {
  return readFileSync(join(dir, 'network/organizations', organization, 'ca/ca-cert.pem'), 'utf8');
}

export function mspIdOf(organization: string): string {
  return `${organization.charAt(0).toUpperCase()}${organization.slice(1)}MSP`;
}

export function sentences(report: Report, kind: Statement['kind']): string {
  return report.statements.flatMap((one) => (one.kind === kind ? one.sentence : [])).join('\n');
}

/** The file with all that stands in it as base64, at any depth, decoded behind it. */
export function everythingIn(text: string): string {
  const decoded = [...text.matchAll(/"([A-Za-z0-9+/]{16,}=*)"/g)].map(([, base64 = '']) =>
    Buffer.from(base64, 'base64').toString('latin1'),
  );
  return [text, ...decoded].join('\n');
}
