import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { text } from '../support/probe-network.js';
import { useJudgedNetwork } from './fabric-programs.js';

describe("Fabric's peer program on the embedded network", () => {
  const judged = useJudgedNetwork();
  const call = (...args: string[]): string => JSON.stringify({ Args: args });
  const chaincode = ['-C', 'audit', '-n', 'audit'];

  it('invokes with the endorsements of two organizations, waits for the event, and queries', async () => {
    const { endpoints } = judged();
    const peers = [endpoints.operator, endpoints.partner].flatMap((endpoint) => ['--peerAddresses', endpoint]);
    await judged().peer(
      'chaincode',
      'invoke',
      ...['-o', endpoints.operator],
      ...chaincode,
      ...['-c', call('Put', 'greeting', '{"text":"hello"}')],
      ...peers,
      '--waitForEvent',
    );
    const answer = await judged().peer('chaincode', 'query', ...chaincode, '-c', call('Get', 'greeting'));
    assert.equal(answer.trim(), '{"text":"hello"}');
    assert.equal(text(await judged().probe.partner.contract.evaluateTransaction('Get', 'greeting')), answer.trim());
  });

  it('is told that one endorsement does not satisfy the policy', async () => {
    const { endpoints } = judged();
    const invoke = judged().peer(
      'chaincode',
      'invoke',
      ...['-o', endpoints.operator],
      ...chaincode,
      ...['-c', call('Put', 'alone', '1')],
      ...['--peerAddresses', endpoints.operator],
      '--waitForEvent',
    );
    await assert.rejects(invoke, /ENDORSEMENT_POLICY_FAILURE/);
  });

  it("passes the contract's refusal on", async () => {
    const query = judged().peer('chaincode', 'query', ...chaincode, '-c', call('Fail', 'as it was told'));
    await assert.rejects(query, /status:500.*as it was told/s);
  });

  it('gets the height and the hashes of the chain', async () => {
    const answer = await judged().peer('channel', 'getinfo', '-c', 'audit');
    const info = JSON.parse(answer.slice(answer.indexOf('{'))) as { height: number; currentBlockHash: string };
    const newest = await judged().fetchDecoded('newest');
    assert.equal(info.height, Number(newest.header.number) + 1);
    assert.equal(Buffer.from(info.currentBlockHash, 'base64').length, 32);
  });

  it('lists the channel', async () => {
    assert.match(await judged().peer('channel', 'list'), /^audit$/m);
  });

  it('asks which definition is committed', async () => {
    const committed = await judged().peer('lifecycle', 'chaincode', 'querycommitted', '-C', 'audit');
    assert.match(committed, /Name: audit, Version: \S+, Sequence: 1/);
    const one = await judged().peer('lifecycle', 'chaincode', 'querycommitted', '-C', 'audit', '-n', 'audit');
    assert.match(one, /Approvals: \[AuditorMSP: true, OperatorMSP: true, PartnerMSP: true\]/);
  });

  it('fetches the same blocks from the orderer and from the peer', async () => {
    for (const which of ['0', '1', 'newest', 'oldest', 'config']) {
      const ordered = await judged().fetchDecoded(which);
      assert.deepEqual(await judged().fetchDecoded(which, 'peer'), ordered);
    }
  });
});
