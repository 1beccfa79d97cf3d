import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Scope = 'write' | 'read' | 'attest' | 'admin';

/** Where an organization's token and its gateway's list of tokens are. */
export interface Credentials {
  tokenFile: string;
  tokensFile: string;
}

/** The scopes of each organization's first token. The auditor reads and attests, and never writes. */
const SCOPES: Record<string, Scope[]> = {
  operator: ['write', 'read', 'attest', 'admin'],
  partner: ['write', 'read', 'attest'],
  auditor: ['read', 'attest'],
};

/**
 * Makes an organization's token if there is none: 32 random bytes, known to its holder's file only; the gateway's own
 * file has its SHA-256. A token whose digest is no longer listed was revoked, and is not listed again.
 */
export function ensureCredentials(dataDir: string, organization: string): Credentials {
  const tokenFile = join(dataDir, 'credentials', `${organization}.token`);
  const tokensFile = join(dataDir, 'gateways', organization, 'tokens.json');
  if (!existsSync(tokenFile) || !existsSync(tokensFile)) {
    const token = existsSync(tokenFile)
      ? readFileSync(tokenFile, 'utf8').trim()
      : `audit_${randomBytes(32).toString('base64url')}`;
    writePrivately(tokenFile, `${token}\n`);
    const entry = {
      sha256: createHash('sha256').update(token).digest('hex'),
      subject: `${organization}-admin`,
      agents: '*',
      scopes: SCOPES[organization] ?? ['read'],
    };
    writePrivately(tokensFile, `${JSON.stringify({ tokens: [entry] }, null, 2)}\n`);
  }
  return { tokenFile, tokensFile };
}

/**
 * Tells each organization's gateway where those of the others are, so that they exchange their checkpoints. The tokens are
 * those of this one process, which holds everybody's.
 * @returns the file of each.
 */
export function writePartners(
  dataDir: string,
  organizations: readonly string[],
  ports: readonly number[],
): Record<string, string> {
  const all = organizations.map((name, index) => ({
    name,
    url: `http://127.0.0.1:${ports[index]}`,
    token: readFileSync(ensureCredentials(dataDir, name).tokenFile, 'utf8').trim(),
  }));
  return Object.fromEntries(
    organizations.map((organization) => {
      const partners = all.filter(({ name }) => name !== organization).map(({ url, token }) => ({ url, token }));
      const file = join(dataDir, 'gateways', organization, 'partners.json');
      writePrivately(file, `${JSON.stringify({ partners }, null, 2)}\n`);
      return [organization, file];
    }),
  );
}

/** Whole or not at all, and readable by its owner only from the first byte on. */
function writePrivately(file: string, text: string): void {
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
  const half = `${file}.new`;
  writeFileSync(half, text, { mode: 0o600 });
  renameSync(half, file);
}
