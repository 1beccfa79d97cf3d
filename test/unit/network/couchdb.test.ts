import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import { loadDefinition } from '../../../network/definition/index.js';
import { findCouchDb } from '../../../network/native/index.js';
import { createLayout, listProcesses, openLayout } from '../../../network/native/settings.js';
import { freePortRow } from '../../support/native-options.js';

describe('CouchDB beside the peers', () => {
  let dir: string;
  before(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'couchdb-'));
  });
  after(() => rmSync(dir, { recursive: true }));

  it('is the program of COUCHDB_BIN, else of the PATH, else the newest of the cache folder', () => {
    const folders = [
      'given',
      'path',
      ...['3.4.9', '3.4.10'].map((one) => `cache/agent-audit-ledger/couchdb-${one}/bin`),
    ];
    for (const folder of folders) {
      mkdirSync(path.join(dir, folder), { recursive: true });
      writeFileSync(path.join(dir, folder, 'couchdb'), '#!/bin/sh\n', { mode: 0o755 });
    }
    const [given, onPath, , newest] = folders.map((folder) => path.join(dir, folder));
    const cache = path.join(dir, 'cache');
    const found = (env: Record<string, string | undefined>) =>
      path.dirname(findCouchDb({ XDG_CACHE_HOME: cache, ...env }) ?? assert.fail());
    assert.equal(found({ COUCHDB_BIN: given, PATH: onPath }), given);
    assert.equal(found({ PATH: `/nowhere:${onPath}` }), onPath);
    assert.equal(found({ PATH: '' }), newest);
  });

  it('belongs to a network for good, with a port of its own for each peer', async () => {
    const definition = loadDefinition();
    const folder = path.join(dir, 'network');
    const made = await createLayout(folder, definition, await freePortRow(), { couchDb: 'own' });
    assert.deepEqual(openLayout(folder, definition), made);
    const processes = listProcesses(folder);
    assert.equal(new Set(processes.map(({ port }) => port)).size, processes.length);
    const names = processes.map(({ name }) => name);
    for (const { name, couchDb } of made.peers) assert.ok(names.indexOf(couchDb.name) < names.indexOf(name));
  });

  it('is not put under peers that were made with LevelDB', async () => {
    const definition = loadDefinition();
    const folder = path.join(dir, 'leveldb');
    await createLayout(folder, definition, await freePortRow());
    await assert.rejects(
      createLayout(folder, definition, await freePortRow(), { couchDb: 'own' }),
      /made without such/,
    );
  });

  it('is given for every peer or for none: nothing is made with too few', async () => {
    const folder = path.join(dir, 'too-few');
    const couchDb = ['http://peer:secret@127.0.0.1:5984'];
    await assert.rejects(createLayout(folder, loadDefinition(), await freePortRow(), { couchDb }), /1 were given/);
    assert.ok(!existsSync(folder));
  });

  it('of others is named each time: no LevelDB is put in its place', async () => {
    const definition = loadDefinition();
    const folder = path.join(dir, 'of-others');
    const couchDb = definition.organizations.map((_, index) => `http://peer:secret@127.0.0.1:${5984 + index}`);
    const made = await createLayout(folder, definition, await freePortRow(), { couchDb });
    assert.deepEqual(await createLayout(folder, definition, 0, { couchDb }), made);
    await assert.rejects(createLayout(folder, definition, 0), /0 were given/);
    await assert.rejects(createLayout(folder, definition, 0, { couchDb: 'own' }), /made without such/);
  });
});
