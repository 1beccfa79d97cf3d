import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { common, msp, peer } from '@hyperledger/fabric-protos';
import { Members } from '../../gateway/fabric/members.js';
import type { Member } from '../../gateway/fabric/members.js';
import type { DeliveredBlock } from '../../gateway/ledger/audit-ledger.js';
import { checkBlock } from '../../gateway/witness/check-block.js';
import { openWitnessDatabase } from '../../gateway/witness/database.js';
import { isEndorsed } from '../../gateway/witness/endorsement-policy.js';
import { EndorsementPolicies } from '../../gateway/witness/endorsement-policies.js';
import { SessionHeads } from '../../gateway/witness/session-heads.js';
import { useConsortium } from './consortium.js';
import { chain, newSession, record } from './sessions.js';

describe('the endorsement policy, as a witness learns it from the blocks', () => {
  const consortium = useConsortium();
  const dir = mkdtempSync(join(tmpdir(), 'audit-policy-'));
  const db = openWitnessDatabase(dir);
  const policies = new EndorsementPolicies(db);
  const blocks: DeliveredBlock[] = [];
  let last: DeliveredBlock;

  before(async () => {
    const { operator, partner } = consortium();
    const session = newSession();
    await record(operator, [session, chain([{}], session)]);
    const { height } = await partner.readChainInfo();
    const stream = partner.followBlocks(0);
    for await (const block of stream) {
      blocks.push(block);
      if (block.number === height - 1) break;
    }
    stream.close();
    last = blocks.at(-1) ?? assert.fail('there are no blocks');
  });
  after(() => {
    db.close();
    rmSync(dir, { recursive: true });
  });

  async function codes(block: DeliveredBlock): Promise<string[]> {
    const { partner } = consortium();
    const members = new Members(partner.roots().organizations);
    const heads = new SessionHeads(partner);
    const rules = { channel: 'audit', chaincode: 'audit', members, orderers: undefined, heads, policies };
    return (await checkBlock(block, rules)).findings.map(({ code }) => code);
  }

  it('is not known before the definition, and holds all of an honest ledger from there on', async () => {
    assert.equal(policies.at(last.number), undefined);
    for (const block of blocks) assert.ok(!(await codes(block)).includes('ENDORSEMENT_POLICY'), `${block.number}`);
    assert.ok(policies.at(last.number));
    assert.equal(policies.at(0), undefined);
  });

  it('is not met by one organization where two are asked for, nor by one twice', async () => {
    const with2 = await codes({ ...last, envelopes: last.envelopes.map((one) => endorsedBy(one, [0, 1])) });
    assert.ok(!with2.includes('ENDORSEMENT_POLICY'));
    for (const few of [[0], [1, 1], []]) {
      const found = await codes({ ...last, envelopes: last.envelopes.map((one) => endorsedBy(one, few)) });
      assert.ok(found.includes('ENDORSEMENT_POLICY'), few.join());
    }
  });

  it('is followed through a change, and where the channel’s configuration has it nothing is said', () => {
    const before = policies.at(last.number);
    policies.keep(last.number, new Uint8Array());
    assert.deepEqual(policies.at(last.number), before);
    assert.equal(policies.at(last.number + 1), undefined);
    policies.keep(last.number, Buffer.from('another'));
    assert.equal(policies.at(last.number + 1), undefined, 'what was seen is kept');
  });
});

describe('an endorsement policy', () => {
  const member = (mspId: string, fingerprint = mspId) => ({ mspId, fingerprint }) as Member;

  it('asks for so many rules, each served by another peer, in the role of a peer', () => {
    const two = policy(2, ['AMSP', 'BMSP', 'CMSP']);
    assert.ok(isEndorsed(two, [member('AMSP'), member('CMSP')]));
    assert.ok(!isEndorsed(two, [member('AMSP'), member('AMSP', 'another'), member('DMSP')]));
    const sameTwice = policy(2, ['AMSP', 'AMSP']);
    assert.ok(!isEndorsed(sameTwice, [member('AMSP')]));
    assert.ok(isEndorsed(sameTwice, [member('AMSP'), member('AMSP', 'another')]));
    assert.ok(!isEndorsed(policy(1, ['AMSP'], msp.MSPRole.MSPRoleType.ADMIN), [member('AMSP')]));
    assert.ok(!isEndorsed(new Uint8Array(), [member('AMSP')]));
  });
});

function policy(n: number, mspIds: string[], role = msp.MSPRole.MSPRoleType.PEER as number): Uint8Array {
  const principals = mspIds.map((mspId) => {
    const asked = new msp.MSPRole();
    asked.setMspIdentifier(mspId);
    asked.setRole(role as msp.MSPRole.MSPRoleTypeMap[keyof msp.MSPRole.MSPRoleTypeMap]);
    const principal = new msp.MSPPrincipal();
    principal.setPrincipal(asked.serializeBinary());
    return principal;
  });
  const nOutOf = new common.SignaturePolicy.NOutOf();
  nOutOf.setN(n);
  nOutOf.setRulesList(
    principals.map((_, index) => {
      const signedBy = new common.SignaturePolicy();
      signedBy.setSignedBy(index);
      return signedBy;
    }),
  );
  const rule = new common.SignaturePolicy();
  rule.setNOutOf(nOutOf);
  const envelope = new common.SignaturePolicyEnvelope();
  envelope.setRule(rule);
  envelope.setIdentitiesList(principals);
  return envelope.serializeBinary();
}

/** The transaction with only these of its endorsements; its creator has signed another one. */
function endorsedBy(bytes: Uint8Array, which: number[]): Uint8Array {
  const envelope = common.Envelope.deserializeBinary(bytes);
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const transaction = peer.Transaction.deserializeBinary(payload.getData_asU8());
  const [action] = transaction.getActionsList();
  const content = peer.ChaincodeActionPayload.deserializeBinary(action?.getPayload_asU8() ?? new Uint8Array());
  const endorsed = content.getAction();
  const all = endorsed?.getEndorsementsList() ?? [];
  endorsed?.setEndorsementsList(which.map((index) => all[index] ?? assert.fail('it has fewer endorsements')));
  action?.setPayload(content.serializeBinary());
  payload.setData(transaction.serializeBinary());
  envelope.setPayload(payload.serializeBinary());
  return envelope.serializeBinary();
}
