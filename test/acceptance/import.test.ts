import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { StoredEvent } from '../../gateway/routes/stored-event.js';
import type { FileOutcome, ImportCounts } from '../../scripts/import/import-file.js';
import type { Api } from '../support/api.js';
import { useGateways } from '../support/consortium.js';
import { itWithQueries } from '../support/network-under-test.js';
import { newEvent } from '../support/events.js';
import { root } from '../runner/tiers.js';
import { REAL_TRACES, realTraces } from '../unit/intake/sources.js';

const PROGRAM = path.join(root, 'dist/scripts/import.js');
const FIXTURES = path.join(root, 'test/fixtures/intake');
const fixtures = readdirSync(FIXTURES).map((name) => path.join(FIXTURES, name));

interface Run {
  code: number;
  stdout: string;
  stderr: string;
}

describe('npm run import', () => {
  const gateways = useGateways();
  let work = '';

  before(() => {
    work = mkdtempSync(path.join(tmpdir(), 'audit-import-'));
    writeFileSync(path.join(work, 'token'), gateways().operator.token ?? '', { mode: 0o600 });
  });
  after(() => rmSync(work, { recursive: true, force: true }));

  function file(name: string, text: string): string {
    writeFileSync(path.join(work, name), text);
    return path.join(work, name);
  }

  function run(...args: string[]): Promise<Run> {
    const all = [PROGRAM, '--url', gateways().operator.url, '--token-file', path.join(work, 'token'), ...args];
    return new Promise((resolve) => {
      execFile(process.execPath, all, (error, stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
      );
    });
  }

  async function counts(...args: string[]): Promise<ImportCounts & { code: number; files: FileOutcome[] }> {
    const { code, stdout, stderr } = await run('--json', ...args);
    assert.equal(stderr, '');
    const { files, total } = JSON.parse(stdout) as { files: FileOutcome[]; total: ImportCounts };
    return { ...total, code, files };
  }

  it('records a file of every format and reads each event back as it was posted', async () => {
    const { code, recorded, verified, refused, unequal, files } = await counts('--verify', ...fixtures);
    const events = files.reduce((sum, { report }) => sum + report.events, 0);
    assert.deepEqual(
      { code, recorded, verified, refused, unequal },
      { code: 0, recorded: events, verified: events, refused: 0, unequal: 0 },
    );
  }).timeout(60_000);

  it('changes nothing the second time, under whatever name', async () => {
    const { operator } = gateways();
    await run(...fixtures);
    const height = await operator.height();
    const again = await counts(...fixtures);
    assert.deepEqual([again.code, again.recorded, again.refused], [0, 0, 0]);
    const respaced = JSON.stringify(JSON.parse(readFileSync(path.join(FIXTURES, 'tau-bench.json'), 'utf8')));
    const renamed = await counts(file('another-name.txt', respaced));
    assert.deepEqual([renamed.recorded, renamed.duplicate > 0], [0, true]);
    assert.equal(await operator.height(), height);
  }).timeout(60_000);

  itWithQueries('records sessions in the order of their source', async () => {
    await run(path.join(FIXTURES, 'swe-agent-steps.traj'));
    const { operator } = gateways();
    const { events } = (await operator.read('/v1/events?agent_id=swe-agent&order=asc&limit=1000')) as {
      events: StoredEvent[];
    };
    const submitted = events.find(({ event }) => event.event_type === 'final_decision');
    const session = events.filter(({ event }) => event.session_id === submitted?.event.session_id);
    const types = session.sort((a, b) => a.seq - b.seq).map(({ event }) => event.event_type);
    assert.deepEqual(types, ['session_start', 'user_message', 'tool_call', 'final_decision', 'session_end']);
  });

  it('records nothing in a dry run, and says what it would', async () => {
    const { operator } = gateways();
    const height = await operator.height();
    const { stdout, code } = await run('--dry-run', file('dry.ndjson', lines(newEvent({ event_id: 'dry-1' }))));
    assert.equal(code, 0);
    assert.match(stdout, /1 elements: 1 mapped to 1 events/);
    assert.equal(await operator.height(), height);
  });

  it('goes on after bad lines and refused events, names them, and ends with an error', async () => {
    const good = newEvent({ event_id: 'mixed-1' });
    const text = `${lines(good)}{"broken\n${lines({ ...good, event_id: 'mixed-2', confidence: 7 }, { ...good, event_id: 'mixed-3' }, { ...good, input: 'other' })}`;
    const { code, recorded, refused, files } = await counts(file('mixed.ndjson', text));
    assert.deepEqual([code, recorded, refused], [1, 2, 2]);
    const faults = files[0]?.faults.join('\n') ?? '';
    assert.match(faults, /line 2: /);
    assert.match(faults, /mixed-2: \/confidence/);
    assert.match(faults, /mixed-1: /);
  });

  it('refuses a file in no known format, one that is not UTF-8 and one that is not there', async () => {
    const unknown = file('unknown.json', '{"hello":"world"}');
    writeFileSync(path.join(work, 'latin1.json'), Buffer.from('[{"role":"user","content":"caf\xe9"}]', 'latin1'));
    const { code, files } = await counts(unknown, path.join(work, 'latin1.json'), path.join(work, 'absent.json'));
    assert.equal(code, 1);
    const [first, second, third] = files.map(({ faults }) => faults.join());
    assert.match(first ?? '', /no format that can be imported/);
    assert.equal(files[0]?.format, 'unrecognized');
    assert.match(second ?? '', /UTF-8/);
    assert.match(third ?? '', /cannot be read \(ENOENT\)/);
  });

  it('says of a file that is not JSON that no known format fits, and counts it in the total', async () => {
    const { code, stdout } = await run(file('prose.txt', 'Dear all,\n'), path.join(FIXTURES, 'langfuse.json'));
    assert.equal(code, 1);
    assert.match(stdout, /! No known format fits this file: it is not JSON/);
    assert.match(stdout, /Total: 2 files \(1 unrecognized\), \d+ elements \([1-9]\d* skipped\)/);
  });

  it('says at once that there is no gateway', async () => {
    const { code, stdout, stderr } = await run('--url', 'http://127.0.0.1:9', path.join(FIXTURES, 'langfuse.json'));
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^The gateway at http:\/\/127\.0\.0\.1:9 cannot be reached .*--url/);
  });

  it('goes on where it was killed', async () => {
    const events = Array.from({ length: 2000 }, (_, index) =>
      newEvent({ event_id: `killed-${index}`, session_id: 'killed' }),
    );
    const source = file('killed.ndjson', lines(...events));
    const { operator } = gateways();
    const killed = spawn(process.execPath, [
      PROGRAM,
      source,
      '--url',
      operator.url,
      '--token-file',
      path.join(work, 'token'),
    ]);
    await eventually(operator, '/v1/events/killed-250');
    killed.kill('SIGKILL');
    const { code, recorded, duplicate, refused } = await counts(source);
    assert.deepEqual([code, recorded + duplicate, refused], [0, 2000, 0]);
    assert.ok(duplicate > 250);
    const last = (await operator.read('/v1/events/killed-1999')) as StoredEvent;
    assert.equal(last.seq, 2000);
  }).timeout(60_000);

  it('says in one sentence what was asked wrongly', async () => {
    for (const args of [[], ['x', '--nonsense'], ['x', '--url', 'ftp://x'], ['x', '--agent', 'a\nb']]) {
      const { code, stderr, stdout } = await run(...args);
      assert.equal(code, 2);
      assert.equal(stdout, '');
      assert.doesNotMatch(stderr, /\n +at /);
    }
  });

  it('records all traces of real agents and reads each event back as it was posted', async function () {
    const sources = realTraces();
    if (sources.length === 0) {
      process.stdout.write(`      did NOT run: there are no traces of real agents in ${REAL_TRACES}\n`);
      this.skip();
    }
    const folders = ['tau-bench', 'swe-agent', 'langfuse', 'openinference', 'logprobs'].map((name) =>
      path.join(REAL_TRACES, name),
    );
    const paths = folders.flatMap((folder) => readdirSync(folder).map((name) => path.join(folder, name)));
    const { code, recorded, verified, files } = await counts('--verify', ...paths);
    const events = files.reduce((sum, { report }) => sum + report.events, 0);
    assert.deepEqual([code, recorded, verified], [0, events, events]);
    assert.equal((await counts(...paths)).recorded, 0);
  }).timeout(120_000);
});

function lines(...events: object[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

async function eventually(api: Api, where: string): Promise<void> {
  while ((await api.get(where)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 20));
}
