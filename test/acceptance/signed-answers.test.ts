import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { LIMITS } from '../../core/index.js';
import type { EvidenceFile } from '../../core/index.js';
import { startGateway } from '../../gateway/index.js';
import { Api } from '../support/api.js';
import { ORGANIZATIONS, useGateways, writeTokens } from '../support/consortium.js';
import { newEvent, newSession } from '../support/events.js';
import { itWithoutQueries, itWithQueries } from '../support/network-under-test.js';
import { everythingIn, expectProven, sentences, verifyAsOutsider } from '../support/evidence.js';

const CHALLENGE = 'made-up-by-the-auditor';

type FileOf<Form extends EvidenceFile['form']> = Extract<EvidenceFile, { form: Form }>;

describe('signed answers', () => {
  const gateways = useGateways();

  async function read(path: string): Promise<string> {
    const answer = await gateways().auditor.get(path);
    assert.equal(answer.status, 200, answer.text);
    return answer.text;
  }

  function prove(text: string) {
    return expectProven(gateways().consortium, text, CHALLENGE);
  }

  /** With tokens of their own, at a gateway of its own. */
  async function asLimited(agents: string, use: (api: Api) => Promise<void>): Promise<void> {
    const config = gateways().consortium.config('auditor', `auditor-${agents.replace('*', 'any')}`);
    const [token] = writeTokens(config.tokensFile, [{ subject: 'limited', agents, scopes: ['read'] }]);
    const gateway = await startGateway(config);
    await use(new Api(gateway.url, token)).finally(() => gateway.close());
  }

  describe('about a session', () => {
    const session_id = newSession();
    const chain = `OperatorMSP~support-bot~${session_id}`;

    before(async function () {
      this.timeout(30_000);
      const { operator, partner, level } = gateways();
      const events = (marks: string[]) => marks.map((action) => newEvent({ session_id, action }));
      const others = newEvent({ session_id: newSession(), action: 'STRANGER', labels: { mark: 'STRANGER' } });
      const first = await operator.post('/v1/events?atomic=true', { events: [...events(['one', 'two']), others] });
      assert.equal(first.status, 200, first.text);
      await operator.record(newEvent({ session_id, action: 'three' }));
      await level();
      const dispute = { kind: 'disputed', reason: 'not so' };
      assert.equal((await partner.post(`/v1/events/${chain}~2/attestations`, dispute)).status, 201);
      await level();
    });

    function readSession(query = ''): Promise<string> {
      return read(`/v1/sessions/${encodeURIComponent(chain)}/evidence?challenge=${CHALLENGE}${query}`);
    }

    it('are complete up to the last record that each organization holds, and open is called open', async () => {
      const report = prove(await readSession());
      assert.deepEqual(
        [report.session?.first_seq, report.session?.last_seq, report.session?.to_the_end, report.session?.open],
        [1, 3, true, true],
      );
      assert.match(sentences(report, 'proven'), /Events 1 to 3 are one chain[^]*starts with the first event/);
      assert.match(sentences(report, 'attested'), /Event 3 was the last one[^]*open: more may have followed/);
      assert.match(sentences(report, 'attested'), /disputed by PartnerMSP \(event 2\)/);
      assert.deepEqual(report.disputed_by, ['PartnerMSP']);
      assert.equal(report.signers.length, 3);
    });

    itWithQueries('go by the plain session id where one chain has it', async () => {
      const report = prove(await read(`/v1/sessions/${session_id}/evidence?challenge=${CHALLENGE}`));
      assert.equal(report.session?.session, chain);
    });

    it('hold nothing of other sessions in the same transaction, and no payload', async () => {
      const all = everythingIn(await readSession());
      assert.ok(all.includes('three'));
      for (const word of ['STRANGER', 'shipped']) assert.equal(all.includes(word), false, word);
    });

    it('go on behind a record, and say what is not there', async () => {
      const report = prove(await readSession('&from_seq=3'));
      assert.deepEqual([report.session?.first_seq, report.session?.last_seq], [3, 3]);
      assert.match(sentences(report, 'not_checked'), /events before event 3/);
    });

    it('say that a session is closed', async () => {
      const { operator } = gateways();
      const closed = newSession();
      await operator.record(newEvent({ session_id: closed }));
      await operator.record(newEvent({ session_id: closed, event_type: 'session_end' }));
      await gateways().level();
      const chainOfIt = `OperatorMSP~support-bot~${closed}`;
      const report = prove(await read(`/v1/sessions/${chainOfIt}/evidence?challenge=${CHALLENGE}`));
      assert.equal(report.session?.open, false);
      assert.match(sentences(report, 'attested'), /closed by a session_end/);
    });

    it('are several where a session is large, in one file', async function () {
      this.timeout(60_000);
      const { operator } = gateways();
      const large = newSession();
      const metadata = { session_id: large, links: many(20, () => ({ event_id: 'e'.repeat(2000), rel: 'cause' })) };
      const count = Math.ceil((2.5 * LIMITS.proofBytes) / 40_000);
      for (let done = 0; done < count; done += 10) {
        const events = many(10, () => newEvent(metadata));
        assert.equal((await operator.post('/v1/events?atomic=true', { events })).status, 200);
      }
      await gateways().level();
      const text = await read(`/v1/sessions/OperatorMSP~support-bot~${large}/evidence?challenge=${CHALLENGE}`);
      assert.ok((JSON.parse(text) as FileOf<'session'>).session.length > 1);
      const report = prove(text);
      assert.equal(report.session?.to_the_end, true);
      assert.ok(report.session.last_seq >= count);
    });

    it('cannot be shortened: an answer left out shows, wherever it was', async () => {
      const file = JSON.parse(await readSession()) as FileOf<'session'>;
      const part = JSON.parse(await readSession('&from_seq=3')) as FileOf<'session'>;
      const joined = { ...file, session: [...file.session, ...part.session] };
      assert.equal(verifyAsOutsider(gateways().consortium, JSON.stringify(joined)).fault?.code, 'CHAIN_BROKEN');
      file.session[0]?.answer.records.pop();
      assert.equal(verifyAsOutsider(gateways().consortium, JSON.stringify(file)).fault?.code, 'ANSWER_MISMATCH');
    });

    it('are refused where there is no such session, no such record, or another token', async () => {
      const { auditor } = gateways();
      assert.equal(
        (await auditor.get('/v1/sessions/OperatorMSP~support-bot~nobody/evidence')).problem.code,
        'NOT_FOUND',
      );
      const path = `/v1/sessions/${chain}/evidence`;
      assert.equal((await auditor.get(`${path}?from_seq=2`)).problem.code, 'INVALID_REQUEST');
      assert.equal((await auditor.get(`${path}?from_seq=0`)).problem.code, 'INVALID_REQUEST');
      await asLimited('other-*', async (api) => assert.equal((await api.get(path)).problem.code, 'FORBIDDEN'));
    });
  });

  describe('about what is not there', () => {
    it('are given to whoever asks for them, and are else a 404', async () => {
      const path = '/v1/events/OperatorMSP~support-bot~nobody~1/evidence';
      assert.equal((await gateways().auditor.get(path)).problem.code, 'NOT_FOUND');
      const text = await read(`${path}?absence=true&challenge=${CHALLENGE}`);
      const report = prove(text);
      assert.equal(report.absence?.reference, 'OperatorMSP~support-bot~nobody~1');
      assert.match(sentences(report, 'attested'), /its session had no events at all/);
      assert.equal(report.time?.block, undefined);
    });

    it('say where the session of a locator ends', async () => {
      const session_id = newSession();
      await gateways().operator.record(newEvent({ session_id }));
      await gateways().level();
      const id = `OperatorMSP~support-bot~${session_id}`;
      const text = await read(`/v1/events/${id}~2/evidence?absence=true&challenge=${CHALLENGE}`);
      const report = prove(text);
      assert.match(sentences(report, 'attested'), /ended at event 1, and sessions have no gaps/);
      assert.equal(everythingIn(text).includes('lookup_order'), false);
      const there = prove(await read(`/v1/events/${id}~1/evidence?absence=true&challenge=${CHALLENGE}`));
      assert.equal(there.event?.locator, `${id}~1`);
    });

    it("name the owner of an own id, which is the asker's organization where nobody is named", async () => {
      const own = await read(`/v1/events/order-17/evidence?absence=true&challenge=${CHALLENGE}`);
      assert.equal(prove(own).absence?.reference, 'AuditorMSP~order-17');
      const named = await read(`/v1/events/OperatorMSP~order-17/evidence?absence=true&challenge=${CHALLENGE}`);
      const report = prove(named);
      assert.match(sentences(report, 'attested'), /no event OperatorMSP~order-17: nobody had recorded/);
      const other = named.replaceAll('order-17', 'order-18');
      assert.equal(verifyAsOutsider(gateways().consortium, other).fault?.code, 'WRONG_ARGUMENTS');
    });
  });

  describe('to a query', () => {
    const label = newSession();

    before(async () => {
      for (const action of ['one', 'two', 'three']) {
        await gateways().operator.record(newEvent({ session_id: newSession(), action, labels: { label } }));
      }
      await gateways().operator.record(newEvent({ action: 'NEIGHBOUR' }));
    });

    async function query(body: object, api = gateways().auditor): Promise<string> {
      const answer = await api.post(`/v1/events/query/evidence?challenge=${CHALLENGE}`, body);
      assert.equal(answer.status, 200, answer.text);
      return answer.text;
    }

    itWithQueries('name the events that peers found, on their word alone', async () => {
      for (const name of ORGANIZATIONS) {
        const text = await query({ selector: { 'labels.label': label } }, gateways()[name]);
        const report = prove(text);
        assert.deepEqual([report.query?.hits, report.query?.more], [3, false]);
        assert.match(sentences(report, 'attested'), /answered 3 events, in this order/);
        assert.match(sentences(report, 'not_checked'), /That no other event fits/);
        assert.equal(everythingIn(text).includes('NEIGHBOUR'), false);
      }
    });

    itWithQueries('say that there are more, and go on there', async () => {
      const asked = { selector: { 'labels.label': label }, limit: 2 };
      const first = JSON.parse(await query(asked)) as FileOf<'query'>;
      assert.equal(first.query.answer.hits.length, 2);
      const cursor = first.query.answer.next_cursor;
      const report = prove(await query({ ...asked, cursor }));
      assert.deepEqual([report.query?.hits, report.query?.more], [1, false]);
    });

    itWithQueries('can be that there is nothing', async () => {
      assert.equal(prove(await query({ session_id: 'nobody' })).query?.hits, 0);
    });

    itWithoutQueries('are refused where the peers have no rich queries', async () => {
      const answer = await gateways().auditor.post('/v1/events/query/evidence', {});
      assert.equal(answer.problem.code, 'QUERY_UNSUPPORTED');
    });

    itWithQueries('are only for those who may see all that was asked for', async () => {
      const path = '/v1/events/query/evidence';
      await asLimited('support-*', async (api) => {
        assert.equal((await api.post(path, { selector: { status: 'ok' } })).problem.code, 'FORBIDDEN');
        assert.equal((await api.post(path, { agent_id: 'support-bot', limit: 1 })).status, 200);
        assert.equal((await api.post(path, { agent_id: 'other-bot' })).problem.code, 'FORBIDDEN');
      });
    });
  });
});

function many<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}
