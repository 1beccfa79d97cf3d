import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { common, ledger, peer } from '@hyperledger/fabric-protos';
import { pino } from 'pino';
import { keyIdOf, signRegistration } from '../../core/index.js';
import { Members } from '../../gateway/fabric/members.js';
import type { DeliveredBlock } from '../../gateway/ledger/audit-ledger.js';
import { AlarmStore } from '../../gateway/witness/alarms.js';
import { checkBlock } from '../../gateway/witness/check-block.js';
import { CheckpointKeeper } from '../../gateway/witness/checkpoint-keeper.js';
import { CheckpointStore } from '../../gateway/witness/checkpoint-store.js';
import { openWitnessDatabase } from '../../gateway/witness/database.js';
import { EndorsementPolicies } from '../../gateway/witness/endorsement-policies.js';
import { SessionHeads } from '../../gateway/witness/session-heads.js';
import { VerifiedChain } from '../../gateway/witness/verified-chain.js';
import { readTrust, verifyCheckpoint } from '../../verifier/index.js';
import { newSigner } from '../support/agent-signer.js';
import { useConsortium } from './consortium.js';
import { chain, newSession, record } from './sessions.js';

const { TRANSACTIONS_FILTER } = common.BlockMetadataIndex;
const { BAD_CREATOR_SIGNATURE } = peer.TxValidationCode;

describe('what an organization says of blocks', () => {
  const consortium = useConsortium();
  const hash = '5a'.repeat(32);

  it('stands under its own identity, one range behind the other', async () => {
    const { partner, auditor } = consortium();
    const first = await partner.attestBlocks({ from_block: 0, to_block: 3, block_hash: hash, found: [] });
    assert.equal(first.recorded_by.msp_id, 'PartnerMSP');
    const found = ['FLAG_MISMATCH'];
    const second = await partner.attestBlocks({ from_block: 4, to_block: 4, block_hash: hash, found });
    const other = await auditor.attestBlocks({ from_block: 0, to_block: 1, block_hash: hash, found: [] });
    assert.deepEqual(await consortium().operator.readBlockAttestations(), [other, second]);
    for (const from_block of [0, 4]) {
      const again = partner.attestBlocks({ from_block, to_block: 9, block_hash: hash, found: [] });
      await assert.rejects(again, { code: 'INVALID_REQUEST' });
    }
    await assert.rejects(partner.attestBlocks({ from_block: 9, to_block: 8, block_hash: hash, found: [] }), {
      code: 'INVALID_REQUEST',
    });
  });
});

describe('a block that a witness looks at', () => {
  const consortium = useConsortium();
  const session = newSession();
  const dir = mkdtempSync(join(tmpdir(), 'audit-witness-'));
  const policies = new EndorsementPolicies(openWitnessDatabase(dir));
  let block: DeliveredBlock;
  after(() => rmSync(dir, { recursive: true }));

  /** With a payload, and two events, so that there is everything to look at. */
  before(async () => {
    const { operator, partner } = consortium();
    const { height } = await partner.readChainInfo();
    await record(operator, [session, chain([{ input: { order: 1 } }, { input: { order: 2 } }], session)]);
    const blocks = partner.followBlocks(height);
    for await (const delivered of blocks) {
      block = delivered;
      break;
    }
    blocks.close();
  });

  function check(changed: Partial<DeliveredBlock> = {}) {
    const { organizations, orderers } = consortium().partner.roots();
    return checkBlock(
      { ...block, ...changed },
      {
        channel: 'audit',
        chaincode: 'audit',
        members: new Members(organizations),
        orderers: new Members(orderers),
        heads: new SessionHeads(consortium().partner),
        policies,
      },
    );
  }

  async function codes(changed: Partial<DeliveredBlock>): Promise<string[]> {
    const { findings } = await check(changed);
    return [...new Set(findings.map(({ code }) => code))].sort();
  }

  it('is in order as it was committed', async () => {
    assert.deepEqual(await check(), { findings: [], hasSubstance: true });
    assert.ok(block.privateData.size > 0);
  });

  it("is in order with all that the contract writes about an agent's keys and an event", async () => {
    const { operator, partner } = consortium();
    const { height } = await partner.readChainInfo();
    const agent = { owner: 'OperatorMSP', agent_id: 'with-a-key' };
    const signer = newSigner();
    const registration = signRegistration({ ...agent, required: false }, signer);
    await operator.registerKey({ ...registration, agent_id: agent.agent_id });
    await operator.revokeKey({ agent_id: agent.agent_id, key_id: keyIdOf(signer.publicKey) });
    const named = newSession();
    await record(operator, [named, chain([{ event_id: 'named' }], named)]);
    await operator.attest('OperatorMSP~named', { kind: 'confirmed' });
    const blocks = partner.followBlocks(height);
    for await (const delivered of blocks) {
      assert.deepEqual((await check(delivered)).findings, []);
      if (delivered.number === height + 3) break;
    }
    blocks.close();
  });

  it('is in order with a session of which one transaction writes several records, from its first event on', async () => {
    const { operator, partner } = consortium();
    const { height } = await partner.readChainInfo();
    const long = newSession();
    const hours = (first: number) =>
      [first, first + 1, first + 2].map((hour) => ({ timestamp: `2026-01-01T0${hour}:00:00Z` }));
    const events = chain([...hours(0), ...hours(3)], long);
    await record(operator, [long, events.slice(0, 3)]);
    await record(operator, [long, events.slice(3)]);
    const blocks = partner.followBlocks(height);
    for await (const delivered of blocks) {
      assert.deepEqual((await check(delivered)).findings, []);
      if (delivered.number === height + 1) break;
    }
    blocks.close();
  });

  it('is not where its header, its signature or a flag is another one', async () => {
    assert.deepEqual(await codes({ dataHash: Buffer.alloc(32) }), ['DATA_HASH_MISMATCH', 'ORDERER_SIGNATURE']);
    assert.deepEqual(await codes({ previousHash: Buffer.alloc(32) }), ['ORDERER_SIGNATURE']);
    const metadata = [...block.metadata];
    metadata[TRANSACTIONS_FILTER] = Uint8Array.of(BAD_CREATOR_SIGNATURE);
    assert.deepEqual(await codes({ metadata }), ['FLAG_MISMATCH']);
    assert.deepEqual(await codes({ envelopes: [Buffer.from('no envelope')] }), ['DATA_HASH_MISMATCH', 'FLAG_MISMATCH']);
  });

  it('is not where what was written is another thing than what was endorsed', async () => {
    const swap = (from: string, to: string) =>
      codes({ envelopes: block.envelopes.map((one) => replace(one, from, to)) });
    for (const [from, to, code] of [
      ['"tool_call"', '"tool_fall"', 'EVENT_HASH_MISMATCH'],
      ['"owner":"OperatorMSP"', '"owner":"OperatorMSQ"', 'RECORD_MISMATCH'],
      ['"doc_type":"record"', '"doc_type":"recorb"', 'RECORD_MISMATCH'],
      ['"doc_type":"head"', '"doc_type":"haed"', 'RECORD_MISMATCH'],
    ] as const) {
      const found = await swap(from, to);
      for (const expected of ['DATA_HASH_MISMATCH', 'FLAG_MISMATCH', code])
        assert.ok(found.includes(expected), expected);
    }
  });

  it('is not where a payload does not open the commitments', async () => {
    const privateData = new Map([...block.privateData].map(([index, bytes]) => [index, changeSalt(bytes)]));
    assert.deepEqual(await codes({ privateData }), ['COMMITMENT_MISMATCH']);
    const nothing = new Map(
      [...block.privateData].map(([index, bytes]) => [index, replace(bytes, '"payload"', '"paylaod"')]),
    );
    assert.deepEqual(await codes({ privateData: nothing }), ['RECORD_MISMATCH']);
    assert.deepEqual(await codes({ privateData: new Map() }), []);
  });

  it('is looked at record by record where sessions share a payload document', async () => {
    const { operator, partner } = consortium();
    const { height } = await partner.readChainInfo();
    const groups = Array.from({ length: 20 }, (_, order) => {
      const small = newSession();
      return [small, chain([{ input: { order } }], small)] as const;
    });
    await record(operator, ...groups);
    const blocks = partner.followBlocks(height);
    for await (const delivered of blocks) {
      assert.deepEqual((await check(delivered)).findings, []);
      assert.equal(countPayloads(delivered), 2);
      const privateData = new Map(
        [...delivered.privateData].map(([index, bytes]) => [index, replace(bytes, '{"order":17}', '{"order":71}')]),
      );
      const { findings } = await check({ ...delivered, privateData });
      assert.deepEqual(
        findings.map(({ code }) => code),
        ['COMMITMENT_MISMATCH'],
      );
      break;
    }
    blocks.close();
  });

  it('is not where it does not continue its session', async () => {
    const heads = new SessionHeads(consortium().partner);
    const last = (await consortium().partner.readSession(session, { from_seq: 2, limit: 1 }))[0];
    assert.ok(last);
    heads.keep(session, last);
    const { organizations } = consortium().partner.roots();
    const rules = {
      channel: 'audit',
      chaincode: 'audit',
      members: new Members(organizations),
      orderers: undefined,
      heads,
      policies,
    };
    const { findings } = await checkBlock(block, rules);
    assert.deepEqual(new Set(findings.map(({ code }) => code)), new Set(['CHAIN_BROKEN']));
  });
});

describe('checkpoints that are kept', () => {
  const consortium = useConsortium();

  it('are compared with whatever can still be judged, when a root has been replaced', async () => {
    const { partner } = consortium();
    const dir = mkdtempSync(join(tmpdir(), 'audit-kept-'));
    const db = openWitnessDatabase(dir);
    const store = new CheckpointStore(db);
    const trust = readTrust(
      JSON.stringify({ version: 1, channel: 'audit', chaincode: 'audit', rule: { at_least: 1 } }),
      partner.roots().organizations,
    );
    const keeper = new CheckpointKeeper({
      ledger: partner,
      store,
      chain: new VerifiedChain(db),
      alarms: new AlarmStore(db, pino({ level: 'silent' }), () => undefined),
      trust: () => trust,
    });
    await keeper.take();
    const [kept] = store.list({ limit: 1, order: 'asc' });
    const { height, document } = kept ?? assert.fail();
    const other = document.replaceAll(/"certificate":"[^"]*"/g, '"certificate":"of a root that is gone"');
    const old = verifyCheckpoint(Buffer.from(document), trust);
    store.add({ ...old, sha256: '0'.repeat(64), seconds: old.seconds - 10 }, other);
    const next = newSession();
    await record(consortium().operator, [next, chain([{}], next)]);
    await keeper.take();
    await keeper.compareRest();
    assert.ok(store.list({ limit: 10, order: 'asc', from_height: height + 1 }).length > 0);
    assert.deepEqual(
      store.uncompared(10).map(({ sha256 }) => sha256),
      ['0'.repeat(64)],
    );
    db.close();
    rmSync(dir, { recursive: true });
  });
});

/** The same length, so that the messages around it stay whole. */
function replace(bytes: Uint8Array, from: string, to: string): Uint8Array {
  return Buffer.from(Buffer.from(bytes).toString('latin1').replaceAll(from, to), 'latin1');
}

function countPayloads({ privateData }: DeliveredBlock): number {
  const texts = [...privateData.values()].map((bytes) => Buffer.from(bytes).toString('latin1'));
  return texts.reduce((sum, text) => sum + text.split('"doc_type":"payload"').length - 1, 0);
}

function changeSalt(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1');
  const salt = /"salt":"([0-9a-f]{32})"/.exec(text)?.[1] ?? assert.fail('there is no salt');
  assert.ok(ledger.rwset.TxPvtReadWriteSet.deserializeBinary(bytes).getNsPvtRwsetList().length > 0);
  return Buffer.from(text.replace(salt, '0'.repeat(32)), 'latin1');
}
