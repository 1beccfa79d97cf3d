import assert from 'node:assert/strict';
import { createHash, createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Client, credentials } from '@grpc/grpc-js';
import { connect, EndorseError, signers } from '@hyperledger/fabric-gateway';
import type { Gateway } from '@hyperledger/fabric-gateway';
import { describe, it } from 'mocha';
import {
  canonicalize,
  CHAIN_START,
  formatLocator,
  formatSession,
  hashCore,
  postedEvent,
  sealEvent,
  TRANSACTIONS,
  TRANSIENT_BATCH,
} from '../../core/index.js';
import type { EventView, JsonValue, Openings, RecordAnswer, RecordBatch } from '../../core/index.js';
import type { BatchAnswer } from '../../gateway/routes/batch-answer.js';
import type { StoredEvent } from '../../gateway/routes/stored-event.js';
import { down, status, up, verify } from '../../network/native/index.js';
import { newEvent, newSession } from '../support/events.js';
import { useNativeNetwork } from './network.js';

interface Profile {
  channel: string;
  chaincode: string;
  msp_id: string;
  identity: { certificate: string; private_key: string };
  peers: { endpoint: string; tls: { ca: string; server_name: string } }[];
}

/** The real client, connected as a connection profile says. */
function connectByProfile(file: string): { gateway: Gateway; profile: Profile; close: () => void } {
  const profile = JSON.parse(readFileSync(file, 'utf8')) as Profile;
  const read = (name: string): Buffer => readFileSync(path.resolve(path.dirname(file), name));
  const [peer] = profile.peers;
  assert.ok(peer);
  const options = { 'grpc.ssl_target_name_override': peer.tls.server_name };
  const client = new Client(peer.endpoint, credentials.createSsl(read(peer.tls.ca)), options);
  const gateway = connect({
    client,
    identity: { mspId: profile.msp_id, credentials: read(profile.identity.certificate) },
    signer: signers.newPrivateKeySigner(createPrivateKey(read(profile.identity.private_key))),
    hash: (message) => createHash('sha256').update(message).digest(),
  });
  return {
    gateway,
    profile,
    close: () => {
      gateway.close();
      client.close();
    },
  };
}

describe('the audit contract on real peers', () => {
  const native = useNativeNetwork();

  describe("through Fabric's own client", () => {
    const withContract = async (
      organization: string,
      use: (contract: ReturnType<ReturnType<Gateway['getNetwork']>['getContract']>) => Promise<void>,
    ): Promise<void> => {
      const { gateway, profile, close } = connectByProfile(native().network.profiles[organization] ?? '');
      try {
        await use(gateway.getNetwork(profile.channel).getContract(profile.chaincode));
      } finally {
        close();
      }
    };
    const batchOf = (sessionId: string, owner: string): RecordBatch => {
      const posted = postedEvent.parse(newEvent({ session_id: sessionId }));
      const sealed = sealEvent(
        posted,
        { owner, seq: 1, prevHash: CHAIN_START },
        () => '00112233445566778899aabbccddeeff',
      );
      return { v: 1, groups: [{ agent_id: 'support-bot', session_id: sessionId, events: [sealed] }] };
    };
    const submit = { arguments: [JSON.stringify({ atomic: false })] };

    it('records an event that every organization reads, with its openings', async () => {
      const session = newSession();
      const batch = batchOf(session, 'OperatorMSP');
      await withContract('operator', async (contract) => {
        const answer = await contract.submit(TRANSACTIONS.recordEvents, {
          ...submit,
          transientData: { [TRANSIENT_BATCH]: JSON.stringify(batch) },
        });
        const { outcomes } = JSON.parse(Buffer.from(answer).toString()) as RecordAnswer;
        assert.deepEqual(outcomes, ['recorded']);
      });
      const locator = formatLocator({ owner: 'OperatorMSP', agent_id: 'support-bot', session_id: session, seq: 1 });
      for (const organization of ['operator', 'partner', 'auditor']) {
        await withContract(organization, async (contract) => {
          const read = async (transaction: string): Promise<unknown> =>
            JSON.parse(Buffer.from(await contract.evaluate(transaction, { arguments: [locator] })).toString());
          const view = (await untilThere(() => read(TRANSACTIONS.readEvent))) as EventView;
          const sealed = batch.groups[0]?.events[0] ?? assert.fail();
          assert.equal(view.hash, hashCore(view.core));
          assert.equal(
            canonicalize(view.core as unknown as JsonValue),
            canonicalize(sealed.core as unknown as JsonValue),
          );
          const openings = (await untilThere(() => read(TRANSACTIONS.readPayload))) as Openings;
          assert.deepEqual(openings, sealed.openings);
        });
      }
    });

    it("refuses another organization's session", async () => {
      const batch = JSON.stringify(batchOf(newSession(), 'OperatorMSP'));
      await withContract('partner', async (contract) => {
        const answer = await contract
          .submit(TRANSACTIONS.recordEvents, { ...submit, transientData: { [TRANSIENT_BATCH]: batch } })
          .then((bytes) => Buffer.from(bytes).toString())
          .catch((error: unknown) => {
            assert.ok(error instanceof EndorseError);
            return error.details.map(({ message }) => message).join();
          });
        assert.match(answer, /NOT_OWNER/);
      });
    });
  });

  describe('through the REST gateway', () => {
    it('records, reads back, and shows history and session at every organization', async () => {
      const { operator, partner, auditor } = native().apis;
      const session_id = newSession();
      const first = await operator.record(newEvent({ session_id }));
      assert.deepEqual(first.endorsed_by, ['AuditorMSP', 'OperatorMSP', 'PartnerMSP']);
      const events = [2, 3, 4].map(() => newEvent({ session_id }));
      const batch = (await operator.post('/v1/events', { events })).json() as BatchAnswer;
      assert.equal(batch.summary.recorded, 3);
      const last = batch.results[2]?.receipt?.locator ?? assert.fail();
      for (const api of [operator, partner, auditor]) {
        await untilThere(async () => ((await api.get(`/v1/events/${last}`)).status === 200 ? true : null));
        const stored = (await api.read(`/v1/events/${last}?include=payload`)) as StoredEvent;
        const posted = postedEvent.parse(events[2]);
        assert.equal(canonicalize(stored.event as JsonValue), canonicalize(posted as unknown as JsonValue));
        const history = (await api.read(`/v1/events/${first.locator}/history`)) as { record_versions: number };
        assert.equal(history.record_versions, 1);
        const session = formatSession({ owner: 'OperatorMSP', agent_id: 'support-bot', session_id });
        const decisionPath = (await api.read(`/v1/sessions/${session}`)) as { events: unknown[]; gaps: unknown[] };
        assert.equal(decisionPath.events.length, 4);
        assert.deepEqual(decisionPath.gaps, []);
      }
    });

    it('knows a repeat, and refuses other content under the same id', async () => {
      const { operator } = native().apis;
      const event = newEvent({ event_id: 'order-17' });
      await operator.record(event);
      assert.equal((await operator.post('/v1/events', event)).status, 200);
      const other = await operator.post('/v1/events', { ...event, confidence: 0.1 });
      assert.equal(other.problem.code, 'ID_CONFLICT');
    });

    it('looks a transaction up, and knows that there is none by another id', async () => {
      const { operator } = native().apis;
      const { tx_id: id, block_number: block } = await operator.record(newEvent());
      const found = (await operator.read(`/v1/transactions/${id}`)) as { code: string; block_number: number };
      assert.equal(found.code, 'VALID');
      assert.equal(found.block_number, block);
      assert.equal((await operator.get(`/v1/transactions/${'0'.repeat(64)}`)).status, 404);
    });

    it('says that a LevelDB peer has no rich queries', async () => {
      const answer = await native().apis.operator.get('/v1/events?agent_id=support-bot');
      assert.equal(answer.status, 501);
      assert.equal(answer.problem.code, 'QUERY_UNSUPPORTED');
    });
  });

  describe('the network', () => {
    it('has the same chain at every peer', async () => {
      const { heights, findings } = await verify(native().options);
      assert.deepEqual(findings, []);
      assert.equal(Object.keys(heights).length, 3);
    });

    it('changes nothing when it is brought up again', async () => {
      const { options } = native();
      const before = status(options.dir);
      await up(options);
      assert.deepEqual(status(options.dir), before);
    });

    it('keeps what was acknowledged through a stop of everything', async function () {
      this.timeout(120_000);
      const { options, apis } = native();
      const receipt = await apis.operator.record(newEvent());
      await down(options.dir);
      assert.deepEqual(
        status(options.dir).filter(({ pid }) => pid !== undefined),
        [],
      );
      await up(options);
      await untilThere(async () => ((await apis.partner.get('/v1/ledger')).status === 200 ? true : null));
      const stored = (await apis.partner.read(`/v1/events/${receipt.locator}`)) as StoredEvent;
      assert.equal(stored.hash, receipt.hash);
    });
  });
});

/** Peers commit at their own pace: what one organization has acknowledged, another may see a moment later. */
async function untilThere(read: () => Promise<unknown>): Promise<unknown> {
  for (;;) {
    const value = await read();
    if (value !== null) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
