import { readFileSync, statSync } from 'node:fs';
import type { Logger } from 'pino';
import { z } from 'zod';
import { AuditError, LIMITS, timestampFromMs } from '../../core/index.js';
import { ConfigError } from '../config-error.js';
import type { CheckpointKeeper } from './checkpoint-keeper.js';

const partnersFile = z.strictObject({
  partners: z
    .array(z.strictObject({ url: z.url({ protocol: /^https?$/ }), token: z.string().min(1).max(512).optional() }))
    .max(100),
});
export type Partner = z.output<typeof partnersFile>['partners'][number];

/** What came of the last time that a partner was asked. */
export interface PartnerState {
  url: string;
  asked_at?: string;
  received?: number;
  error?: string;
}

const TIMEOUT_MS = 20_000;
/** What a partner got from others can be older than the last time that it was asked. */
const OVERLAP_MS = 24 * 3_600_000;
const MAX_BYTES = LIMITS.checkpointsPerPage * LIMITS.checkpointBytes;

/** @throws {ConfigError} where the file is not readable, not valid, or readable by others than its owner: it has tokens. */
export function readPartners(file: string): Partner[] {
  try {
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
      throw new ConfigError(`The partners file ${file} can be read by others: run chmod 600 on it.`);
    }
    return partnersFile.parse(JSON.parse(readFileSync(file, 'utf8'))).partners;
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`The partners file ${file} is not valid.`, { cause: error });
  }
}

/** Fetches what partners' gateways hand out: their own checkpoints, and those that they got from others. */
export class PartnerExchange {
  readonly #keeper: CheckpointKeeper;
  readonly #logger: Logger;
  readonly #partners: { partner: Partner; state: PartnerState; from: string | undefined }[];

  constructor(partners: readonly Partner[], keeper: CheckpointKeeper, logger: Logger) {
    this.#keeper = keeper;
    this.#logger = logger;
    this.#partners = partners.map((partner) => ({ partner, state: { url: partner.url }, from: undefined }));
  }

  get states(): PartnerState[] {
    return this.#partners.map(({ state }) => state);
  }

  /** Asks every partner; one that does not answer, or sends what does not verify, keeps nobody from asking the others. */
  async fetchAll(signal: AbortSignal): Promise<void> {
    for (const entry of this.#partners) {
      const now = Date.now();
      const askedAt = timestampFromMs(now);
      try {
        const received = await this.#fetch(entry.partner, entry.from, signal);
        entry.state = { url: entry.partner.url, asked_at: askedAt, received };
        entry.from = timestampFromMs(now - OVERLAP_MS);
      } catch (error) {
        if (signal.aborted) return;
        entry.state = { url: entry.partner.url, asked_at: askedAt, error: reasonOf(error) };
        this.#logger.warn({ partner: entry.partner.url, err: error }, 'a partner gave no checkpoints');
      }
    }
  }

  /** @returns how many were new. */
  async #fetch({ url, token }: Partner, from: string | undefined, signal: AbortSignal): Promise<number> {
    const query = new URLSearchParams({
      limit: String(LIMITS.checkpointsPerPage),
      ...(from !== undefined && { from }),
    });
    const response = await fetch(`${url.replace(/\/$/, '')}/v1/checkpoints?${query.toString()}`, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return this.#receive((await readText(response)).split('\n').filter(Boolean));
  }

  /** What does not verify, as of a root that this organization does not have, keeps out nothing that does. */
  async #receive(lines: readonly string[]): Promise<number> {
    let received = 0;
    const refused: AuditError[] = [];
    for (const line of lines) {
      try {
        if (await this.#keeper.receive(line)) received += 1;
      } catch (error) {
        if (!(error instanceof AuditError) || error.code !== 'INVALID_REQUEST') throw error;
        refused.push(error);
      }
    }
    const [first] = refused;
    if (!first) return received;
    throw new Error(`${refused.length} of ${lines.length} checkpoints do not verify: ${first.message}`);
  }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += (chunk as Uint8Array).length;
    if (size > MAX_BYTES) throw new Error('it answered too much');
    chunks.push(chunk as Uint8Array);
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : 'it failed';
}
