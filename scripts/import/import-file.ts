import { stat } from 'node:fs/promises';
import { AuditError, canonicalize, formatPointer, LIMITS, postedEvent, utf8Length } from '../../core/index.js';
import type { JsonValue, PostedEventInput } from '../../core/index.js';
import type { MappingReport } from '../../intake/index.js';
import { GatewayError } from '../gateway-client.js';
import type { GatewayClient, PostResult } from '../gateway-client.js';
import type { ImportOptions } from './options.js';
import { SourceFile } from './source-file.js';

export interface ImportCounts {
  recorded: number;
  duplicate: number;
  refused: number;
  /** Read back by id and equal to what was posted; of `--verify`. */
  verified: number;
  /** Not equal, or not to be read. */
  unequal: number;
}

/** What became of one file. */
export interface FileOutcome {
  file: string;
  format: string;
  report: MappingReport;
  counts: ImportCounts;
  /** The first faults in words. */
  faults: string[];
}

/** Bytes read of all. */
export type OnProgress = (read: number, total: number) => void;

/** A file may be all faults; the first ones tell what is wrong. */
const FAULTS_TOLD = 20;
const BATCH_EVENTS = Math.min(250, LIMITS.eventsPerRequest);
const BATCH_BYTES = LIMITS.requestBytes - 65_536;

/** Maps and posts one file; a batch after the other, so that sessions keep their order. */
export async function importFile(
  file: string,
  options: ImportOptions,
  client: GatewayClient,
  onProgress: OnProgress,
): Promise<FileOutcome> {
  const source = new SourceFile(file, { agentId: options.agentId });
  const poster = new Poster(client, options);
  let fatal: string | undefined;
  try {
    const { size } = await stat(file);
    let read = 0;
    for await (const { events, bytes } of source.events()) {
      for (const [index, event] of events.entries()) {
        await poster.add(event);
        onProgress(Math.min(read + (bytes * (index + 1)) / events.length, size), size);
      }
      read += bytes;
    }
    await poster.flush();
  } catch (error) {
    fatal = explain(error);
  }
  const badLines = source.badLines.map(({ line, detail }) => `line ${line}: ${detail}`);
  const faults = [...(fatal === undefined ? [] : [fatal]), ...badLines, ...poster.faults];
  return { file, format: source.format, report: source.report(), counts: poster.counts, faults };
}

class Poster {
  readonly counts: ImportCounts = { recorded: 0, duplicate: 0, refused: 0, verified: 0, unequal: 0 };
  readonly faults: string[] = [];
  #batch: PostedEventInput[] = [];
  #bytes = 0;

  constructor(
    private readonly client: GatewayClient,
    private readonly options: ImportOptions,
  ) {}

  /** An event that the gateway cannot take is refused here: it must not take its batch down with it. */
  async add(event: PostedEventInput): Promise<void> {
    const refusal = refusalOf(event);
    if (refusal !== undefined) {
      this.counts.refused++;
      this.#fault(`${event.event_id ?? 'an event'}: ${refusal}`);
      return;
    }
    if (this.options.dryRun) return;
    const bytes = utf8Length(JSON.stringify(event)) + 1;
    if (this.#batch.length === BATCH_EVENTS || this.#bytes + bytes > BATCH_BYTES) await this.flush();
    this.#batch.push(event);
    this.#bytes += bytes;
  }

  async flush(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    this.#bytes = 0;
    if (batch.length === 0) return;
    const results = await this.client.postEvents(batch);
    const kept = batch.filter((event, index) => this.#count(event, results[index]));
    if (this.options.verify) for (const event of kept) await this.#verify(event);
  }

  #count(event: PostedEventInput, result: PostResult | undefined): boolean {
    if (result?.status === 'recorded' || result?.status === 'duplicate') {
      this.counts[result.status]++;
      return true;
    }
    this.counts.refused++;
    this.#fault(`${event.event_id ?? 'an event'}: ${result?.problem?.detail ?? 'the gateway did not answer for it'}`);
    return false;
  }

  async #verify(event: PostedEventInput): Promise<void> {
    const id = event.event_id ?? '';
    try {
      if (canonicalForm(await this.client.readEvent(id)) === canonicalForm(event as unknown as JsonValue)) {
        this.counts.verified++;
        return;
      }
      this.#fault(`${id}: what is on the ledger is not what was posted`);
    } catch (error) {
      this.#fault(`${id}: ${explain(error)}`);
    }
    this.counts.unequal++;
  }

  #fault(text: string): void {
    if (this.faults.length < FAULTS_TOLD) this.faults.push(text);
  }
}

function refusalOf(event: PostedEventInput): string | undefined {
  const parsed = postedEvent.safeParse(event);
  const [issue] = parsed.error?.issues ?? [];
  if (issue) return `${formatPointer(issue.path)}: ${issue.message}`;
  try {
    const bytes = utf8Length(canonicalize(event as unknown as JsonValue, LIMITS.depth));
    return bytes > LIMITS.eventBytes ? `it has ${bytes} bytes, more than ${LIMITS.eventBytes}` : undefined;
  } catch (error) {
    return explain(error);
  }
}

/** With the schema's defaults and its one way to write a tool, as the ledger keeps it. */
function canonicalForm(event: JsonValue): string {
  return canonicalize(postedEvent.parse(event) as JsonValue);
}

function explain(error: unknown): string {
  if (error instanceof AuditError) {
    const [at] = error.errors;
    return at?.pointer ? `${at.pointer}: ${error.message}` : error.message;
  }
  if (error instanceof GatewayError) return error.message;
  if (error instanceof Error && 'code' in error) return `the file cannot be read (${String(error.code)})`;
  throw error;
}
