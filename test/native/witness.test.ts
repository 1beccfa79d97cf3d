import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { z } from 'zod';
import { startGateway } from '../../gateway/index.js';
import type { RunningGateway } from '../../gateway/index.js';
import type { verificationAnswer } from '../../gateway/routes/verification.js';
import { readConnectionProfile } from '../../gateway/fabric/connection-profile.js';
import { readTrust, verifyCheckpoints } from '../../verifier/index.js';
import { Api } from '../support/api.js';
import { writeTokens } from '../support/consortium.js';
import { newEvent } from '../support/events.js';
import { useNativeNetwork } from './network.js';

type Verification = z.output<typeof verificationAnswer>;

describe("a witness of Fabric's own peers", function () {
  this.timeout(120_000);
  const running = useNativeNetwork();
  const dataDir = mkdtempSync(path.join(tmpdir(), 'witness-'));
  let gateway: RunningGateway;
  let auditor: Api;

  before(async () => {
    const profile = running().network.profiles['auditor'] ?? assert.fail('the auditor has no profile');
    const tokensFile = path.join(dataDir, 'tokens.json');
    mkdirSync(dataDir, { recursive: true });
    const [token] = writeTokens(tokensFile, [{ subject: 'witness', agents: '*', scopes: ['read', 'attest'] }]);
    const witness = { verify: true, checkpointMs: 500, attestMs: 500 };
    gateway = await startGateway({ port: 0, profile, dataDir, tokensFile, logLevel: 'silent', witness });
    auditor = new Api(gateway.url, token);
  });
  after(async () => {
    await gateway.close();
    rmSync(dataDir, { recursive: true });
  });

  it('verifies every block, attests them, and comes to rest', async () => {
    const { operator } = running().apis;
    const { locator } = await operator.record(newEvent());
    await operator.post('/v1/events', { events: [1, 2, 3].map(() => newEvent({ session_id: 'many' })) });
    const seen = { kind: 'reviewed', reason: 'looked at', evidence_sha256: 'a'.repeat(64) };
    const answer = await auditor.post(`/v1/events/${locator}/attestations`, seen);
    assert.equal(answer.status, 201, answer.text);
    const history = (await auditor.read(`/v1/events/${locator}/history`)) as { entries: object[] };
    const [entry] = history.entries as { recorded_by: { msp_id: string }; evidence_sha256: string }[];
    assert.deepEqual([entry?.recorded_by.msp_id, entry?.evidence_sha256], ['AuditorMSP', seen.evidence_sha256]);
    // Not up to the end of the ledger: what was attested last is attested by nobody.
    const { tx_id } = answer.json() as { tx_id: string };
    const { block_number: block } = (await auditor.read(`/v1/transactions/${tx_id}`)) as { block_number: number };
    const now = await until(({ organizations }) => (attestedBy(organizations)?.to_block ?? 0) >= block);
    assert.deepEqual([now.status, now.orderers_checked], ['verifying', true]);
    assert.deepEqual(now.alarms.recent, []);
    assert.deepEqual([attestedBy(now.organizations)?.found, attestedBy(now.organizations)?.agrees], [[], true]);
    const height = await auditor.height();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const later = await until(({ verified_height: verified, ledger_height }) => verified === ledger_height);
    assert.equal(later.ledger_height, height, 'an attestation of attestations');
    assert.deepEqual(later.alarms.recent, []);
  });

  it('hands out checkpoints that all three organizations signed', async () => {
    await until(({ organizations }) => organizations.some(({ checkpoint }) => checkpoint));
    const lines = (await auditor.get('/v1/checkpoints')).text.trim().split('\n');
    const { organizationRoots } = await readConnectionProfile(running().network.profiles['partner'] ?? '');
    const trust = readTrust('{"version":1,"rule":{"at_least":1}}', organizationRoots);
    const { verified, refused } = verifyCheckpoints(
      lines.map((line) => Buffer.from(line)),
      trust,
    );
    assert.deepEqual(refused, []);
    assert.ok(verified.some(({ signers }) => signers.length === 3));
  });

  async function until(isSo: (now: Verification) => boolean): Promise<Verification> {
    for (;;) {
      const now = (await auditor.read('/v1/verification')) as Verification;
      if (isSo(now)) return now;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  function attestedBy(organizations: Verification['organizations']) {
    return organizations.find(({ msp_id: mspId }) => mspId === 'AuditorMSP')?.attested;
  }
});
