import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { before, it } from 'mocha';
import type { AgentKey, EventEvidenceFile } from '../../core/index.js';
import { root } from '../runner/tiers.js';
import { Api } from '../support/api.js';
import { newEvent } from '../support/events.js';
import { expectProven, sentences, verifyAsOutsider } from '../support/evidence.js';
import { describeEmbedded } from '../support/network-under-test.js';
import { useProduct } from '../support/product.js';
import { mutationsOf } from '../unit/verifier/mutations.js';

describeEmbedded('an agent that signs its events', () => {
  const product = useProduct();
  let operator: Api;
  let auditor: Api;
  let locator: string;

  before(async function () {
    this.timeout(30_000);
    operator = apiOf('operator', 0);
    auditor = apiOf('auditor', 2);
    await runExample();
    locator = await runExample();
  });

  function apiOf(organization: string, place: number): Api {
    const token = readFileSync(join(product.dataDir, 'credentials', `${organization}.token`), 'utf8').trim();
    return new Api(`http://127.0.0.1:${product.port + place}`, token);
  }

  async function runExample(): Promise<string> {
    const env = { ...process.env, GATEWAY: operator.url, TOKEN: operator.token, KEY_FILE: keyFile() };
    const { stdout } = await promisify(execFile)(process.execPath, ['examples/signing-agent.mjs'], { cwd: root, env });
    return stdout.trim();
  }

  function keyFile(): string {
    return join(product.dataDir, 'signing-agent.pem');
  }

  async function readKey(): Promise<AgentKey> {
    const { keys, required } = (await auditor.read('/v1/agents/signing-agent/keys?owner=OperatorMSP')) as {
      keys: AgentKey[];
      required: boolean;
    };
    assert.equal(required, true);
    assert.equal(keys.length, 1);
    return keys[0] ?? assert.fail();
  }

  it('keeps its key to itself, and registers it once', async () => {
    assert.equal(statSync(keyFile()).mode & 0o077, 0);
    assert.equal((await readKey()).registered.recorded_by.msp_id, 'OperatorMSP');
  });

  it('shows its signature wherever the event is read', async () => {
    const { key_id } = await readKey();
    const event = (await auditor.read(`/v1/events/${locator}`)) as { signature: { key_id: string } };
    assert.equal(event.signature.key_id, key_id);
    const list = (await auditor.read('/v1/events?agent_id=signing-agent')) as { events: object[] };
    const session = locator.split('~')[2] ?? '';
    const path = (await auditor.read(`/v1/sessions/${session}`)) as { events: object[]; open: boolean };
    assert.deepEqual([list.events.length, path.events.length, path.open], [8, 4, false]);
    for (const shown of [...list.events, ...path.events]) assert.ok('signature' in shown);
  });

  for (const form of ['receipt', 'full']) {
    it(`is verified offline by whoever has the file (${form})`, async () => {
      const text = await readEvidence(`/v1/events/${locator}/evidence?form=${form}`);
      const { key_id } = await readKey();
      const proven = sentences(expectProven({ dir: product.dataDir }, text), 'proven');
      assert.ok(proven.includes(`The key ${key_id} (Ed25519) signed the event, and its place in the session.`), proven);
      const file = JSON.parse(text) as EventEvidenceFile;
      delete file.event.answer.event.signature;
      delete file.event.answer.agent_key;
      assert.equal(faultOf(file), 'ANSWER_MISMATCH');
    });
  }

  it('is verified for a whole session, from its start to its end', async () => {
    const session = locator.slice(0, locator.lastIndexOf('~'));
    const text = await readEvidence(`/v1/sessions/${session}/evidence`);
    const report = expectProven({ dir: product.dataDir }, text);
    const { first_seq, last_seq, to_the_end, open } = report.session ?? assert.fail();
    assert.deepEqual([first_seq, last_seq, to_the_end, open], [1, 4, true, false]);
    assert.match(sentences(report, 'proven'), /The key .* signed those events that name it/);
    assert.doesNotMatch(sentences(report, 'not_checked'), /only its gateway says so/);
    const all = [...mutationsOf(JSON.parse(text))].filter(({ pointer }) =>
      /agent_keys|events\/\d\/signature/.test(pointer),
    );
    assert.ok(all.length > 50);
    for (const { kind, pointer, text: altered } of all) {
      const { verdict } = verifyAsOutsider({ dir: product.dataDir }, altered);
      assert.equal(verdict, 'invalid', `${kind} ${pointer}`);
    }
  });

  async function readEvidence(path: string): Promise<string> {
    const answer = await auditor.get(path);
    assert.equal(answer.status, 200, answer.text);
    return answer.text;
  }

  function faultOf(file: object): string | undefined {
    return verifyAsOutsider({ dir: product.dataDir }, JSON.stringify(file)).fault?.code;
  }

  it('is not spoken for by anybody who posts without its signature', async () => {
    const answer = await operator.post('/v1/events', newEvent({ agent_id: 'signing-agent' }));
    assert.equal(answer.problem.code, 'SIGNATURE_REQUIRED');
    assert.equal(answer.status, 422);
  });

  it('is refused keys by path and token as by the contract', async () => {
    const { key_id, public_key, proof } = await readKey();
    const keys = '/v1/agents/another-agent/keys';
    assert.equal((await operator.post(keys, { public_key, proof })).problem.code, 'SIGNATURE_INVALID');
    assert.equal((await operator.post(keys, { public_key })).problem.code, 'INVALID_REQUEST');
    assert.equal((await operator.post(`${keys}/${key_id}/revoke`, {})).problem.code, 'NOT_FOUND');
    assert.equal((await operator.post(`${keys}/no-key/revoke`, {})).problem.code, 'INVALID_ID');
  });

  it('is done when its key is revoked; what it signed stays', async () => {
    const { key_id } = await readKey();
    const answer = await operator.post(`/v1/agents/signing-agent/keys/${key_id}/revoke`, {
      reason: 'the test is over',
    });
    assert.equal(answer.status, 200, answer.text);
    await assert.rejects(runExample(), /KEY_REVOKED/);
    assert.equal((await readKey()).revoked?.reason, 'the test is over');
    await auditor.read(`/v1/events/${locator}`);
  });
});
