import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { z } from 'zod';
import { formatSession } from '../../core/index.js';
import type { RunningGateway } from '../../gateway/index.js';
import type { verificationAnswer } from '../../gateway/routes/verification.js';
import type { StoredEvent } from '../../gateway/routes/stored-event.js';
import type { ConsortiumDefinition } from '../../network/definition/index.js';
import { comparePeers, deploy, down, reset, up, upgrade, verify } from '../../network/native/index.js';
import type { NativeOptions } from '../../network/native/index.js';
import {
  acceptInvitation,
  completeJoin,
  invite,
  openMember,
  proposeMember,
  requestToJoin,
  signProposal,
  submitProposal,
} from '../../network/native/join/index.js';
import type { Invitation, JoinRequest } from '../../network/native/join/index.js';
import { openLayout } from '../../network/native/settings.js';
import type { Api } from '../support/api.js';
import { newEvent } from '../support/events.js';
import { Load } from './load.js';
import { freePortRow } from '../support/native-options.js';
import { startGatewayOf, useNativeNetwork } from './network.js';

type Verification = z.output<typeof verificationAnswer>;

const NEWCOMER = {
  name: 'newcomer',
  mspId: 'NewcomerMSP',
  domain: 'newcomer.example',
  peers: 1,
  clients: ['gateway'],
};

describe('a network in use that changes', function () {
  this.timeout(180_000);
  const native = useNativeNetwork();

  it('takes a new version of the contract under load, without losing an event', async () => {
    const { options, apis } = native();
    const load = new Load(apis.operator, 2);
    await load.untilAcknowledging();
    const sequences = await upgrade({ ...options, definition: withVersion(options.definition, '9.9.9') });
    assert.deepEqual(sequences, { from: 1, to: 2 });
    await load.untilAcknowledging();
    await load.stop();
    for (const { sessionId, acknowledged } of load.posters) {
      const session = formatSession({ owner: 'OperatorMSP', agent_id: 'support-bot', session_id: sessionId });
      const { events } = (await apis.operator.read(`/v1/sessions/${session}?limit=1000`)) as { events: StoredEvent[] };
      assert.equal(events.length, acknowledged.size);
    }
  });

  /** Acted out by two: what they give one another goes through `exchanged`, and nothing else does. */
  describe('when an organization joins', () => {
    let dir: string;
    let own: NativeOptions;
    let gateway: RunningGateway | undefined;
    let api: Api;
    const exchanged: string[] = [];
    const handOver = <Message>(message: Message): Message => {
      const text = JSON.stringify(message);
      exchanged.push(text);
      return JSON.parse(text) as Message;
    };

    before(async () => {
      dir = mkdtempSync(path.join(tmpdir(), 'newcomer-'));
      const { options } = native();
      const definition = withMember(options.definition);
      own = { ...options, definition, dir: path.join(dir, 'network'), basePort: await freePortRow() };
    });
    after(async () => {
      await gateway?.close();
      await reset(own.dir);
      rmSync(dir, { recursive: true });
    });

    it('makes it a member when a majority has signed, not before', async () => {
      const request: JoinRequest = handOver(await requestToJoin(own, NEWCOMER));
      const { options } = native();
      const { programs } = options;
      const members = openLayout(options.dir, options.definition);
      const [operator, partner] = members.peers;
      assert.ok(operator && partner);
      const proposal = await proposeMember(programs, members, operator, request);
      exchanged.push(proposal.toString('latin1'));
      await assert.rejects(submitProposal(programs, members, operator, proposal), /policy|PERMISSION|FORBIDDEN/i);
      const signed = await signProposal(programs, partner, proposal);
      exchanged.push(signed.toString('latin1'));
      await submitProposal(programs, members, operator, signed);
    });

    it('brings its peer up to date, approves the contract, and is an endorser when all have', async () => {
      const { options } = native();
      const { programs } = options;
      const { definition } = own;
      const members = openLayout(options.dir, options.definition);
      const invitation: Invitation = handOver(await invite(programs, members));
      await acceptInvitation(own, NEWCOMER, invitation);
      assert.deepEqual(await upgrade({ ...options, definition }), { from: 2, to: 3 });
      const profile = await completeJoin(own, NEWCOMER);
      const started = await startGatewayOf(profile, 'newcomer', path.join(dir, 'gateway'));
      ({ gateway, api } = started);
    });

    it('is asked and named by the gateways of the others, which were not restarted', async () => {
      const { operator } = native().apis;
      for (;;) {
        const { endorsed_by, tx_id } = await operator.record(newEvent());
        const { organizations } = (await operator.read('/v1/ledger')) as { organizations: string[] };
        if (!endorsed_by.includes('NewcomerMSP')) continue;
        assert.deepEqual(endorsed_by, ['AuditorMSP', 'NewcomerMSP', 'OperatorMSP', 'PartnerMSP']);
        assert.deepEqual(organizations.sort(), endorsed_by);
        const transaction = (await operator.read(`/v1/transactions/${tx_id}`)) as { endorsed_by: string[] };
        assert.deepEqual(transaction.endorsed_by, endorsed_by);
        return;
      }
    });

    it('records and reads like everybody else', async () => {
      const { operator } = native().apis;
      const theirs = await operator.record(newEvent());
      const ours = await api.record(newEvent());
      assert.match(ours.locator, /^NewcomerMSP~/);
      for (const [reader, { locator, hash }] of [
        [api, theirs],
        [operator, ours],
      ] as const) {
        while ((await reader.get(`/v1/events/${locator}`)).status !== 200) continue;
        const stored = (await reader.read(`/v1/events/${locator}?include=payload`)) as StoredEvent;
        assert.equal(stored.hash, hash);
      }
      const { programs } = own;
      const newcomer = await openMember(own, NEWCOMER);
      const { peers } = openLayout(native().options.dir, native().options.definition);
      const { findings, heights } = await comparePeers(programs, { ...newcomer, peers: [...peers, ...newcomer.peers] });
      assert.deepEqual(findings, []);
      assert.equal(Object.keys(heights).length, 4);
    });

    it('finds every block in order, with the signature of an orderer that the members have named', async () => {
      const isVerified = ({ verified_height, ledger_height }: Verification) => verified_height === ledger_height;
      let seen = (await api.read('/v1/verification')) as Verification;
      while (!isVerified(seen)) seen = (await api.read('/v1/verification')) as Verification;
      assert.deepEqual([seen.orderers_checked, seen.alarms.recent], [true, []]);
    });

    it('starts its part again as any network is started', async () => {
      assert.equal((await down(own.dir)).length, 2);
      await up(own);
      const { locator } = await api.record(newEvent());
      assert.match(locator, /^NewcomerMSP~/);
      assert.deepEqual((await verify(own)).findings, []);
      await assert.rejects(upgrade(own), /join accept/);
    });

    it('approves a later version as it did the first, and endorses with it', async () => {
      const { options } = native();
      const definition = withVersion(own.definition, '9.9.11');
      const members = openLayout(options.dir, own.definition);
      const invitation = await invite(options.programs, members);
      const root = invitation.roots['OrdererMSP'] ?? assert.fail();
      const forged = { ...invitation, roots: { ...invitation.roots, OperatorMSP: root } };
      await assert.rejects(acceptInvitation({ ...own, definition }, NEWCOMER, forged), /believe neither/);
      await acceptInvitation({ ...own, definition }, NEWCOMER, invitation);
      assert.deepEqual(await upgrade({ ...options, definition }), { from: 3, to: 4 });
      await deploy({ ...own, definition });
      await completeJoin({ ...own, definition }, NEWCOMER);
      await api.record(newEvent());
    });

    it('hands over no key: not in what was sent, nor in what the members have', () => {
      assert.equal(exchanged.length, 4);
      for (const text of exchanged) assert.doesNotMatch(text, /PRIVATE KEY/);
      const keys = (folder: string): string[] =>
        readdirSync(folder, { withFileTypes: true, recursive: true })
          .map((entry) => path.join(entry.parentPath, entry.name))
          .filter((file) => /key\.pem$|\.key$/.test(file))
          .map((file) => readFileSync(file, 'utf8'));
      const theirs = new Set(keys(native().options.dir));
      const ours = keys(own.dir);
      assert.ok(theirs.size > 0 && ours.length > 0);
      assert.deepEqual(
        ours.filter((key) => theirs.has(key)),
        [],
      );
    });
  });
});

function withVersion(definition: ConsortiumDefinition, version: string): ConsortiumDefinition {
  return { ...definition, chaincode: { ...definition.chaincode, version } };
}

/** The newcomer may endorse, and sees the payloads that are recorded from then on. */
function withMember(definition: ConsortiumDefinition): ConsortiumDefinition {
  const { organizations, chaincode } = definition;
  const all = [...organizations, NEWCOMER].map(({ mspId }) => mspId);
  const listOf = (role: string): string => all.map((mspId) => `'${mspId}.${role}'`).join(', ');
  return {
    ...definition,
    organizations: [...organizations, NEWCOMER],
    chaincode: {
      ...chaincode,
      version: '9.9.10',
      endorsementPolicy: `OutOf(2, ${listOf('peer')})`,
      collections: chaincode.collections.map((one) => ({ ...one, policy: `OR(${listOf('member')})` })),
    },
  };
}
