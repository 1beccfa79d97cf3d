import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before } from 'mocha';
import type { JsonObject } from '../../core/index.js';
import type { IndexDefinition, MangoQuery } from '../../network/embedded/ledger/types.js';
import { findCouchDb, startCouchDb } from '../../network/native/index.js';
import { stopProcess } from '../../network/native/processes.js';
import { freePortRow } from '../support/native-options.js';

/** As many as a peer asks for at once (`internalQueryLimit`). */
const QUERY_LIMIT = 1000;

/** What a query gives: keys in order, or the error as a peer passes it on. */
export type Answer = { keys: string[]; bookmark?: string } | { error: string };

export interface Page {
  pageSize: number;
  bookmark: string;
}

/** A database in a real CouchDB, used as a peer uses that of a namespace. */
class PeersDatabase {
  readonly #name = `audit_${randomUUID()}`;

  constructor(private readonly server: string) {}

  async create(indexes: readonly IndexDefinition[]): Promise<void> {
    await this.#request('PUT', '');
    for (const { ddoc, name, fields, filter } of indexes) {
      const sorted = fields.map(({ path: field, direction }) => ({ [field]: direction }));
      const index = { fields: sorted, ...(filter && { partial_filter_selector: filter }) };
      await this.#request('POST', '/_index', { index, ddoc, name, type: 'json' });
    }
  }

  async put(documents: ReadonlyMap<string, JsonObject>): Promise<void> {
    const docs = [...documents].map(([key, content]) => ({ ...content, '~version': 'CgMBAQA=', _id: key }));
    const results = (await this.#request('POST', '/_bulk_docs', { docs })) as { ok?: true }[];
    assert.ok(results.every(({ ok }) => ok));
  }

  /** @param page its bookmark is in the answer; without one a thousand results are enough. */
  async find(query: MangoQuery, page?: Page): Promise<Answer> {
    const limit = page?.pageSize ?? QUERY_LIMIT;
    const asked = { ...query, limit, ...(page?.bookmark && { bookmark: page.bookmark }) };
    const answer = await fetch(this.#url('/_find'), {
      method: 'POST',
      headers: this.#headers(),
      body: JSON.stringify(asked),
    });
    const said = (await answer.json()) as { docs: { _id: string }[]; bookmark: string; error: string; reason: string };
    const keys = answer.ok ? said.docs.map(({ _id }) => _id) : [];
    if (answer.ok) return { keys, ...(page && { bookmark: said.bookmark }) };
    return {
      error: `error handling CouchDB request. Error:${said.error},  Status Code:${answer.status},  Reason:${said.reason}`,
    };
  }

  async remove(): Promise<void> {
    await this.#request('DELETE', '');
  }

  async #request(method: string, resource: string, body?: object): Promise<unknown> {
    const content = body && JSON.stringify(body);
    const answer = await fetch(this.#url(resource), {
      method,
      headers: this.#headers(),
      ...(content && { body: content }),
    });
    assert.ok(answer.ok, `${method} ${resource}: ${answer.status}`);
    return answer.json();
  }

  #url(resource: string): string {
    const { origin } = new URL(this.server);
    return `${origin}/${this.#name}${resource}`;
  }

  #headers(): Record<string, string> {
    const { username, password } = new URL(this.server);
    const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString(
      'base64',
    );
    return { 'Content-Type': 'application/json', Authorization: `Basic ${credentials}` };
  }
}

/**
 * A database in the CouchDB at COUCHDB_URL, or in one that is started for these tests. Both ends are here, as hooks run in
 * the order in which they were registered: a database that was removed elsewhere would outlive its server.
 */
export function usePeersDatabase(indexes: readonly IndexDefinition[]): () => PeersDatabase {
  let database: PeersDatabase | undefined;
  let folder: string | undefined;
  before(async function () {
    this.timeout(60_000);
    let url = process.env['COUCHDB_URL'];
    if (url === undefined) {
      folder = mkdtempSync(path.join(tmpdir(), 'couchdb-'));
      url = await startCouchDb(findCouchDb() ?? assert.fail('CouchDB is not here'), {
        name: 'CouchDB',
        folder,
        port: await freePortRow(),
      });
    }
    database = new PeersDatabase(url);
    await database.create(indexes);
  });
  after(async function () {
    this.timeout(60_000);
    await database?.remove();
    if (folder === undefined) return;
    await stopProcess(folder);
    rmSync(folder, { recursive: true });
  });
  return () => database ?? assert.fail('CouchDB is not running');
}
