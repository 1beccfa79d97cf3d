import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import type { EventEvidenceFile } from '../../core/index.js';
import { startGateway } from '../../gateway/index.js';
import { verifyEvidence } from '../../verifier/index.js';
import type { Report } from '../../verifier/index.js';
import { Api } from '../support/api.js';
import { useGateways, writeTokens } from '../support/consortium.js';
import { newEvent, newSession } from '../support/events.js';
import { authorityOf, sentences, trustInAll } from '../support/evidence.js';
import { IS_DEMONSTRATION, itWithCertifiedOrderers } from '../support/network-under-test.js';

const CHALLENGE = 'made-up-by-the-auditor';

describe("evidence with the event's block", () => {
  const gateways = useGateways();
  const session_id = newSession();
  const locator = `OperatorMSP~support-bot~${session_id}~2`;

  /** Three events in one record, a stranger in the same transaction, and blocks behind them. */
  before(async function () {
    this.timeout(30_000);
    const { operator, level } = gateways();
    const own = ['before', 'itself', 'behind'].map((action) => newEvent({ session_id, action }));
    const stranger = newEvent({ session_id: newSession(), action: 'STRANGER' });
    const answer = await operator.post('/v1/events?atomic=true', { events: [...own, stranger] });
    assert.equal(answer.status, 200, answer.text);
    for (let count = 0; count < 3; count++) await operator.record(newEvent({ session_id: newSession() }));
    await level();
  });

  async function readFull(query = ''): Promise<EventEvidenceFile> {
    const answer = await gateways().auditor.get(
      `/v1/events/${locator}/evidence?form=full&challenge=${CHALLENGE}${query}`,
    );
    assert.equal(answer.status, 200, answer.text);
    return answer.json() as EventEvidenceFile;
  }

  function verify(file: EventEvidenceFile, more: object = {}, orderers: Record<string, string> = {}): Report {
    const trust = trustInAll(gateways().consortium, more, orderers);
    return verifyEvidence(Buffer.from(JSON.stringify(file)), trust, { challenge: CHALLENGE });
  }

  const raft = { orderers: { consensus: 'raft' } };

  itWithCertifiedOrderers(
    'proves who wrote, endorsed and ordered the event, and says what else it discloses',
    async () => {
      const file = await readFull();
      const report = verify(file, raft, { OrdererMSP: authorityOf(gateways().consortium.dir, 'orderer') });
      assert.equal(
        report.verdict,
        IS_DEMONSTRATION ? 'demonstration' : 'valid',
        `${report.fault?.code} ${report.fault?.detail}`,
      );
      const proven = sentences(report, 'proven');
      assert.match(proven, /OperatorMSP, signed the transaction that wrote this very event/);
      assert.match(proven, /peers of AuditorMSP, OperatorMSP, PartnerMSP endorsed this very write/);
      assert.match(proven, /of OrdererMSP signed the block/);
      assert.match(proven, /0 other transactions and 3 other events/);
      assert.ok((file.block?.headers.length ?? 0) >= 3);
    },
  );

  it('says what is not checked where the user names no orderers', async () => {
    const report = verify(await readFull());
    assert.equal(report.verdict, IS_DEMONSTRATION ? 'demonstration' : 'valid', report.fault?.detail);
    assert.match(sentences(report, 'not_checked'), /signatures of the orderers/);
  });

  it('is inconclusive where others ordered the block than those whom the user trusts', async () => {
    const report = verify(await readFull(), raft, { OtherMSP: authorityOf(gateways().consortium.dir, 'partner') });
    assert.deepEqual([report.verdict, report.fault?.code], ['inconclusive', 'ORDERERS_NOT_MET']);
  });

  it('cannot lend the signed answers another block', async () => {
    const { operator, auditor } = gateways();
    const { event_id: other } = await operator.record(newEvent({ session_id, action: 'another block' }));
    const theirs = await auditor.get(`/v1/events/${other}/evidence?form=full&challenge=${CHALLENGE}`);
    const { block } = theirs.json() as EventEvidenceFile;
    const report = verify({ ...(await readFull()), ...(block && { block }) });
    assert.equal(report.fault?.code, 'BLOCK_MISMATCH');
  });

  it('is only for those who may see every event', async () => {
    const { consortium } = gateways();
    const config = consortium.config('auditor', 'auditor-limited');
    const [token] = writeTokens(config.tokensFile, [{ subject: 'bot', agents: 'support-*', scopes: ['read'] }]);
    const gateway = await startGateway(config);
    try {
      const api = new Api(gateway.url, token);
      assert.equal((await api.get(`/v1/events/${locator}/evidence`)).status, 200);
      assert.equal((await api.get(`/v1/events/${locator}/evidence?form=full`)).problem.code, 'FORBIDDEN');
    } finally {
      await gateway.close();
    }
  });
});
