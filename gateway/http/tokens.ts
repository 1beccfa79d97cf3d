import { hash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { LIMITS } from '../../core/index.js';
import { ConfigError } from '../config-error.js';

export const SCOPES = ['write', 'read', 'attest', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Who a token stands for, which agents' events it may write and read, and what it may do. No scope implies another. */
export interface Principal {
  subject: string;
  scopes: ReadonlySet<Scope>;
  mayUseAgent: (agentId: string) => boolean;
  /** Whether the token is for every agent there is or will be. */
  everyAgent: boolean;
  /** The one agent that the token is limited to, where its pattern names just one. */
  onlyAgent?: string;
}

const tokensFile = z.strictObject({
  tokens: z.array(
    z.strictObject({
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      subject: z.string().min(1).max(LIMITS.nameLength),
      agents: z.string().min(1).max(LIMITS.nameLength),
      scopes: z.array(z.enum(SCOPES)),
    }),
  ),
});

/** How often the file is looked at, in milliseconds: a revoked token works for so long at most. */
const RECHECK_MS = 1000;

/** The tokens file, read again when it changes. A change that does not parse revokes nothing and grants nothing. */
export class TokenFile {
  readonly #file: string;
  readonly #onError: (error: Error) => void;
  /** By the token's digest, in hex. */
  #principals: ReadonlyMap<string, Principal>;
  #version: string;
  #checkedAtMs = Date.now();

  /** @throws {ConfigError} where the file is not readable, not valid, or readable by others than its owner. */
  constructor(file: string, onError: (error: Error) => void) {
    this.#file = file;
    this.#onError = onError;
    this.#version = versionOf(file);
    this.#principals = readTokens(file);
  }

  /** Only digests are compared: how long that takes says nothing about the tokens to who cannot invert the hash. */
  find(token: string): Principal | undefined {
    this.#reloadIfChanged();
    return this.#principals.get(hash('sha256', token, 'hex'));
  }

  #reloadIfChanged(): void {
    const now = Date.now();
    if (now - this.#checkedAtMs < RECHECK_MS) return;
    this.#checkedAtMs = now;
    try {
      const version = versionOf(this.#file);
      if (version === this.#version) return;
      this.#principals = readTokens(this.#file);
      this.#version = version;
    } catch (error) {
      this.#onError(error as Error);
    }
  }
}

/** Without a tokens file, which only loopback allows, everybody may do everything. */
export const EVERYBODY: Principal = {
  subject: 'anonymous',
  scopes: new Set(SCOPES),
  mayUseAgent: () => true,
  everyAgent: true,
};

function versionOf(file: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return `${mtimeMs}:${size}:${ino}`;
  } catch (error) {
    throw new ConfigError(`The tokens file ${file} cannot be read.`, { cause: error });
  }
}

function readTokens(file: string): Map<string, Principal> {
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    throw new ConfigError(`The tokens file ${file} can be read by others: run chmod 600 on it.`);
  }
  const parsed = tokensFile.safeParse(readJson(file));
  if (!parsed.success) throw new ConfigError(`The tokens file ${file} is not valid: ${z.prettifyError(parsed.error)}`);
  return new Map(parsed.data.tokens.map((entry) => [entry.sha256, toPrincipal(entry)]));
}

function toPrincipal({ subject, agents, scopes }: z.output<typeof tokensFile>['tokens'][number]): Principal {
  return {
    subject,
    scopes: new Set(scopes),
    mayUseAgent: compilePattern(agents),
    everyAgent: agents === '*',
    ...(!agents.includes('*') && { onlyAgent: agents }),
  };
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError(`The tokens file ${file} cannot be read as JSON.`, { cause: error });
  }
}

/** `*` stands for any run of characters. Matched part by part: no regular expression, so no slow ones. */
function compilePattern(pattern: string): (text: string) => boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return (text) => text === pattern;
  return (text) => {
    if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
    let position = first.length;
    for (const part of rest) {
      const found = text.indexOf(part, position);
      if (found < 0) return false;
      position = found + part.length;
    }
    return position <= text.length - last.length;
  };
}
