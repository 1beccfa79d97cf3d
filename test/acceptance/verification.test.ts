import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import type { z } from 'zod';
import { ConfigError, startGateway } from '../../gateway/index.js';
import type { verificationAnswer } from '../../gateway/routes/verification.js';
import type { Api } from '../support/api.js';
import { useGateways } from '../support/consortium.js';
import { newEvent } from '../support/events.js';

type Verification = z.output<typeof verificationAnswer>;

const OFF = { verify: false, checkpointMs: 0, attestMs: 0 };

describe('what an organization sees of the ledger by itself', function () {
  this.timeout(60_000);
  const gateways = useGateways();

  it('is nothing where it is switched off, and is read by whoever may read', async () => {
    const api = await gateways().consortium.startGateway('auditor', 'auditor-off', { witness: OFF });
    const now = await read(api);
    assert.deepEqual([now.msp_id, now.status, now.verified_height], ['AuditorMSP', 'off', 0]);
    assert.equal((await api.get('/v1/checkpoints')).text, '');
    const unasked = await fetch(`${api.url}/v1/verification`);
    assert.equal(unasked.status, 401);
    assert.equal((await api.get('/v1/checkpoints?limit=201')).problem.code, 'INVALID_REQUEST');
    assert.equal((await api.post('/v1/checkpoints', {})).problem.code, 'INVALID_REQUEST');
  });

  it('grows with the ledger, and goes on after a restart where it was', async () => {
    const { consortium, operator, level } = gateways();
    const witness = { ...OFF, verify: true };
    let api = await consortium.startGateway('partner', 'partner-again', { witness });
    await operator.record(newEvent({ session_id: 'resumed' }));
    await level();
    const before = await until(api, isLevel);
    assert.ok(before.verified_at);
    await consortium.stopGateway('partner-again');
    // The session goes on: what came before it is not in the new process's memory.
    await operator.record(newEvent({ session_id: 'resumed' }));
    await level();
    api = await consortium.startGateway('partner', 'partner-again', { witness });
    const { verified_height: resumed } = await read(api);
    assert.ok(resumed >= before.verified_height);
    const after = await until(api, isLevel);
    assert.ok(after.verified_height > before.verified_height);
    assert.deepEqual(after.alarms, { count: 0, recent: [] });
    assert.match(
      (await api.get('/metrics')).text,
      new RegExp(`audit_gateway_verified_blocks ${after.verified_height}\n`),
    );
  });

  it('is exchanged: a gateway fetches what its partners have, also while one of them is not there', async () => {
    const { consortium } = gateways();
    const often = { ...OFF, checkpointMs: 300 };
    const operator = await consortium.startGateway('operator', 'operator-often', { witness: often });
    const partnersFile = join(consortium.dir, 'partners.json');
    const partners = [{ url: 'http://127.0.0.1:1' }, { url: operator.url, token: operator.token }];
    writeFileSync(partnersFile, JSON.stringify({ partners }), { mode: 0o600 });
    const auditor = await consortium.startGateway('auditor', 'auditor-often', { witness: often, partnersFile });
    const seen = await until(auditor, ({ organizations }) => organizations.some(isOf('OperatorMSP')));
    assert.equal(typeof seen.partners[0]?.error, 'string');
    assert.equal(seen.partners[1]?.error, undefined);
    const lines = (await auditor.get('/v1/checkpoints?observed_by=OperatorMSP&order=asc&limit=1')).text;
    assert.equal((JSON.parse(lines) as { observed_by: string }).observed_by, 'OperatorMSP');
    await consortium.stopGateway('operator-often');
    await consortium.stopGateway('auditor-often');
  });

  it('takes from a partner what verifies, whatever else it sends', async () => {
    const { consortium } = gateways();
    const often = { ...OFF, checkpointMs: 300 };
    const operator = await consortium.startGateway('operator', 'operator-relayed', { witness: often });
    await until(operator, ({ organizations }) => organizations.some(isOf('OperatorMSP')));
    const sound = (await operator.get('/v1/checkpoints?limit=1')).text;
    const relay = createServer((_req, res) => res.end(`{"of":"a root that nobody here has"}\n${sound}`));
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
    const partnersFile = join(consortium.dir, 'relay.json');
    const url = `http://127.0.0.1:${(relay.address() as AddressInfo).port}`;
    writeFileSync(partnersFile, JSON.stringify({ partners: [{ url }] }), { mode: 0o600 });
    const auditor = await consortium.startGateway('auditor', 'auditor-relayed', { witness: often, partnersFile });
    // What verifies counts at once, what the partner's answer was like is known at its end.
    const { partners } = await until(
      auditor,
      (now) => now.organizations.some(isOf('OperatorMSP')) && now.partners[0]?.asked_at !== undefined,
    );
    assert.match(partners[0]?.error ?? '', /1 of 2 checkpoints do not verify/);
    relay.close();
    await consortium.stopGateway('operator-relayed');
    await consortium.stopGateway('auditor-relayed');
  });

  it('does not start with a partners file that others can read, or that is none', async () => {
    const { consortium } = gateways();
    const partnersFile = join(consortium.dir, 'open.json');
    writeFileSync(partnersFile, '{"partners":[]}');
    chmodSync(partnersFile, 0o644);
    const config = { ...consortium.config('auditor', 'auditor-open'), partnersFile };
    await assert.rejects(startGateway(config), ConfigError);
    chmodSync(partnersFile, 0o600);
    writeFileSync(partnersFile, '{"partners":[{"url":"ftp://x"}]}');
    await assert.rejects(startGateway(config), ConfigError);
  });
});

function isOf(mspId: string) {
  return ({ msp_id, checkpoint }: Verification['organizations'][number]) =>
    msp_id === mspId && checkpoint !== undefined;
}

function isLevel({ verified_height: verified, ledger_height: height }: Verification): boolean {
  return verified === height;
}

async function read(api: Api): Promise<Verification> {
  return (await api.read('/v1/verification')) as Verification;
}

/** Waits until it is so; the test's own limit ends it. */
async function until(api: Api, isSo: (now: Verification) => boolean): Promise<Verification> {
  for (;;) {
    const now = await read(api);
    if (isSo(now)) return now;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
