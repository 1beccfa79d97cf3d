import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { z } from 'zod';
import type { verificationAnswer } from '../../gateway/routes/verification.js';
import { Api } from '../support/api.js';
import { checkLedger } from '../support/check-ledger.js';
import { describeEmbedded } from '../support/network-under-test.js';
import { freePorts, Product } from '../support/product.js';

describeEmbedded('npm start', () => {
  let dir: string;
  let product: Product;

  beforeEach(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'audit-start-'));
    product = new Product(path.join(dir, 'data'), await freePorts());
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  function operator(): Api {
    const token = readFileSync(path.join(product.dataDir, 'credentials/operator.token'), 'utf8').trim();
    return new Api(`http://127.0.0.1:${product.port}`, token);
  }

  it('keeps what was acknowledged through Ctrl-C and through kill -9', async () => {
    assert.equal(await product.start(), undefined);
    const first = await operator().record(event(1));
    assert.equal((await product.stop('SIGINT')).code, 0);

    assert.equal(await product.start(), undefined);
    const second = await operator().record(event(2));
    assert.equal(second.seq, 2);
    await product.stop('SIGKILL');

    assert.equal(await product.start(), undefined);
    for (const { locator, hash } of [first, second]) {
      const read = (await operator().read(`/v1/events/${locator}`)) as { hash: string };
      assert.equal(read.hash, hash);
    }
    await product.stop();
    await checkLedger(path.join(product.dataDir, 'network'));
  });

  it('finishes under load at Ctrl-C, and keeps all that it acknowledged', async () => {
    assert.equal(await product.start(), undefined);
    const api = operator();
    const acknowledged: string[] = [];
    let stopping = false;
    const callers = Array.from({ length: 16 }, async (_, caller) => {
      while (!stopping) {
        const answer = await api.post('/v1/events', { ...event(caller), session_id: `s-${caller}` }).catch(() => null);
        if (answer?.status === 201) acknowledged.push((answer.json() as { locator: string }).locator);
      }
    });
    while (acknowledged.length < 50) await new Promise((resolve) => setTimeout(resolve, 10));
    const ended = product.stop('SIGINT');
    setTimeout(() => (stopping = true), 200);
    await Promise.all(callers);
    assert.equal((await ended).code, 0);

    assert.equal(await product.start(), undefined);
    for (const locator of acknowledged) await operator().read(`/v1/events/${locator}`);
    await product.stop();
    await checkLedger(path.join(product.dataDir, 'network'));
  });

  it('keeps tokens to their owner', async () => {
    assert.equal(await product.start(), undefined);
    const file = path.join(product.dataDir, 'credentials/auditor.token');
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(path.dirname(file)).mode & 0o777, 0o700);
    const auditor = new Api(`http://127.0.0.1:${product.port + 2}`, readFileSync(file, 'utf8').trim());
    assert.equal((await auditor.post('/v1/events', event(1))).problem.code, 'FORBIDDEN');
    const { output } = await product.stop();
    assert.ok(!output.includes(readFileSync(file, 'utf8').trim()));
  });

  it('has the organizations take checkpoints and fetch one another’s, from the start', async () => {
    assert.equal(await product.start(), undefined);
    for (let isExchanged = false; !isExchanged; await new Promise((resolve) => setTimeout(resolve, 200))) {
      const now = (await operator().read('/v1/verification')) as z.output<typeof verificationAnswer>;
      const own = now.organizations.find(({ msp_id }) => msp_id === 'OperatorMSP');
      isExchanged = own?.checkpoint !== undefined && now.partners.every(({ asked_at: asked }) => asked !== undefined);
      assert.equal(now.partners.length, 2);
      for (const { error } of now.partners) assert.equal(error, undefined);
    }
    await product.stop();
  });

  it('says in one sentence that a port is taken', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(product.port + 1, '127.0.0.1', resolve));
    await assertRefused(product, new RegExp(`^Port ${product.port + 1} is in use`));
    await new Promise((resolve) => squatter.close(resolve));
  });

  it('says in one sentence that PORT is no port', async () => {
    await assertRefused(product, /^PORT must be a number/, { PORT: 'http' });
  });

  it('says in one sentence that the data directory is a file, cannot be made, or is in use', async () => {
    await assertRefused(new Product('/proc/audit', product.port), /^The data directory \/proc\/audit cannot be used/);
    writeFileSync(product.dataDir, '');
    await assertRefused(product, /^The data directory .* /);
    rmSync(product.dataDir);

    assert.equal(await product.start(), undefined);
    await assertRefused(new Product(product.dataDir, await freePorts()), /is in use by another process\.$/);
    await product.stop();
  });

  it('refuses a damaged ledger and says where', async () => {
    assert.equal(await product.start(), undefined);
    await operator().record(event(1));
    await product.stop();
    const blocks = path.join(product.dataDir, 'network/ledger/ledgersData/chains/chains/audit/blockfile_000000');
    const bytes = readFileSync(blocks);
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
    writeFileSync(blocks, bytes);
    await assertRefused(product, /block \d+/i);
  });

  it('refuses a data directory that is not its own', async () => {
    mkdirSync(path.join(product.dataDir, 'network'), { recursive: true });
    writeFileSync(path.join(product.dataDir, 'network/ledger'), 'not a ledger');
    await assertRefused(product, /^The network in .* cannot be opened: /);
  });
});

function event(number: number): object {
  return {
    event_type: 'tool_call',
    agent_id: 'start-test',
    session_id: 's',
    timestamp: '2026-01-01T00:00:00Z',
    tool: 'count',
    input: { number },
  };
}

async function assertRefused(product: Product, sentence: RegExp, env: NodeJS.ProcessEnv = {}): Promise<void> {
  const ended = await product.start(env);
  assert.ok(ended, 'it started');
  assert.equal(ended.code, 1);
  const text = ended.output.replace(/^Making the organizations.*\n/, '').trim();
  assert.match(text, sentence);
  assert.equal(text.split('\n').length, 1, text);
}
