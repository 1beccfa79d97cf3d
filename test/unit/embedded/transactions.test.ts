import assert from 'node:assert/strict';
import { EndorseError, GatewayError, StatusCode } from '@hyperledger/fabric-gateway';
import { status } from '@grpc/grpc-js';
import { gateway, msp } from '@hyperledger/fabric-protos';
import { envelopeParts, parseTransaction } from '../../../network/embedded/wire/transaction.js';
import { text, useProbeNetwork } from '../../support/probe-network.js';

describe('embedded network: transactions through the real client', () => {
  const probe = useProbeNetwork();
  const contract = () => probe().operator.contract;
  const evaluate = async (name: string, ...args: string[]) => text(await contract().evaluateTransaction(name, ...args));
  const submit = async (name: string, ...args: string[]) => text(await contract().submitTransaction(name, ...args));

  it('submits, commits and reads back, on every organization’s peer', async () => {
    const commit = await contract().submitAsync('Put', { arguments: ['colour', 'green'] });
    assert.equal(text(commit.getResult()), 'colour');
    const { successful, blockNumber } = await commit.getStatus();
    assert.equal(successful, true);
    assert.ok(blockNumber > 0n);
    for (const client of [probe().operator, probe().partner, probe().auditor]) {
      assert.equal(text(await client.contract.evaluateTransaction('Get', 'colour')), 'green');
    }
  });

  it('collects an endorsement of each organization', async () => {
    const transaction = await contract()
      .newProposal('Put', { arguments: ['endorsed', '1'] })
      .endorse();
    assert.deepEqual(endorsersOf(transaction.getBytes()), ['OperatorMSP', 'PartnerMSP', 'AuditorMSP']);
  });

  it('collects only those of the organizations that the client names, and they must satisfy the policy', async () => {
    const two = await contract()
      .newProposal('Put', { arguments: ['two', '1'], endorsingOrganizations: ['PartnerMSP', 'AuditorMSP'] })
      .endorse();
    assert.deepEqual(endorsersOf(two.getBytes()), ['PartnerMSP', 'AuditorMSP']);
    assert.equal((await (await two.submit()).getStatus()).successful, true);

    const one = await contract()
      .newProposal('Put', { arguments: ['one', '1'], endorsingOrganizations: ['OperatorMSP'] })
      .endorse();
    const outcome = await (await one.submit()).getStatus();
    assert.equal(outcome.code, StatusCode.ENDORSEMENT_POLICY_FAILURE);
    assert.equal(await evaluate('Get', 'one'), '');
  });

  it('does not count one organization’s endorsement twice', async () => {
    const transaction = await contract()
      .newProposal('Put', { arguments: ['twice', '1'], endorsingOrganizations: ['OperatorMSP', 'OperatorMSP'] })
      .endorse();
    assert.deepEqual(endorsersOf(transaction.getBytes()), ['OperatorMSP']);
  });

  it('refuses an organization without peers', async () => {
    const proposal = contract().newProposal('Put', { arguments: ['a', 'b'], endorsingOrganizations: ['NobodyMSP'] });
    await assert.rejects(proposal.endorse(), (error: unknown) => {
      assert.ok(error instanceof EndorseError);
      assert.equal(error.code, status.UNAVAILABLE);
      return /failed to find any endorsing peers for org\(s\): NobodyMSP/.test(error.message);
    });
  });

  it('marks the second of two transactions that read the same version', async () => {
    await submit('Put', 'counter', '1');
    const [first, second] = await Promise.all(
      [0, 1].map(() =>
        contract()
          .newProposal('Increment', { arguments: ['counter'] })
          .endorse(),
      ),
    );
    assert.ok(first && second);
    assert.equal((await (await first.submit()).getStatus()).code, StatusCode.VALID);
    assert.equal((await (await second.submit()).getStatus()).code, StatusCode.MVCC_READ_CONFLICT);
    assert.equal(await evaluate('Get', 'counter'), '2');
  });

  it('marks both kinds of conflict within one block', async () => {
    const names = ['within 1', 'within 2', 'within 3'];
    const transactions = await Promise.all(
      names.map(() =>
        contract()
          .newProposal('Increment', { arguments: ['within'] })
          .endorse(),
      ),
    );
    const commits = await Promise.all(transactions.map((transaction) => transaction.submit()));
    const codes = await Promise.all(commits.map(async (commit) => (await commit.getStatus()).code));
    assert.deepEqual(codes.sort(), [StatusCode.VALID, StatusCode.MVCC_READ_CONFLICT, StatusCode.MVCC_READ_CONFLICT]);
  });

  it('marks a phantom: a key that appeared in a range that was read', async () => {
    const counting = await contract()
      .newProposal('CountInto', { arguments: ['ph-a', 'ph-z', 'phantoms'] })
      .endorse();
    await submit('Put', 'ph-m', '1');
    const { code } = await (await counting.submit()).getStatus();
    assert.equal(code, StatusCode.PHANTOM_READ_CONFLICT);
  });

  it('lets a range read pass that nothing has changed', async () => {
    await submit('Put', 'calm-1', '1');
    await submit('CountInto', 'calm-', 'calm-z', 'counted');
    assert.equal(await evaluate('Get', 'counted'), '1');
  });

  it('marks a transaction that is submitted again as a duplicate', async () => {
    const transaction = await contract()
      .newProposal('Put', { arguments: ['once', '1'] })
      .endorse();
    const { blockNumber } = await (await transaction.submit()).getStatus();
    await transaction.submit();
    const blocks = await probe()
      .operator.gateway.getNetwork('audit')
      .getFilteredBlockEvents({ startBlock: blockNumber + 1n });
    for await (const block of blocks) {
      const [again] = block.getFilteredTransactionsList();
      assert.equal(again?.getTxid(), transaction.getTransactionId());
      assert.equal(again.getTxValidationCode(), StatusCode.DUPLICATE_TXID);
      break;
    }
    blocks.close();
  });

  it('does not show a transaction its own writes', async () => {
    await submit('Put', 'own', 'before');
    assert.equal(await submit('ReadOwnWrite', 'own', 'after'), 'before');
    assert.equal(await evaluate('Get', 'own'), 'after');
  });

  it('hands a contract’s error to the client with the peer that said so', async () => {
    for (const attempt of [() => submit('Fail', 'no way'), () => evaluate('Fail', 'no way')]) {
      await assert.rejects(attempt, (error: unknown) => {
        assert.ok(error instanceof GatewayError);
        const [detail] = error.details;
        assert.equal(detail?.message, 'chaincode response 500, no way');
        assert.equal(detail.mspId, 'OperatorMSP');
        assert.match(detail.address, /^127\.0\.0\.1:\d+$/);
        return true;
      });
    }
  });

  it('refuses endorsements that differ', async () => {
    await assert.rejects(submit('Random', 'dice'), (error: unknown) => {
      assert.ok(error instanceof EndorseError);
      assert.equal(error.code, status.ABORTED);
      assert.ok(error.details.every(({ message }) => message === 'ProposalResponsePayloads do not match'));
      return error.details.length === 2;
    });
  });

  for (const [transaction, args, message] of [
    ['CallOther', [], /calling another chaincode is not supported/],
    ['SetKeyPolicy', ['key'], /key-level endorsement is not supported/],
    ['GetKeyPolicy', ['key'], /key-level endorsement is not supported/],
  ] as const) {
    it(`refuses what it does not emulate, loudly: ${transaction}`, async () => {
      await assert.rejects(submit(transaction, ...args), (error: unknown) => {
        assert.ok(error instanceof GatewayError);
        return message.test(error.details[0]?.message ?? '');
      });
    });
  }

  it('has no discovery', async () => {
    const bytes = (value: Uint8Array): Buffer => Buffer.from(value);
    const asking = new Promise((_, reject) => {
      probe().operator.grpc.makeUnaryRequest('/discovery.Discovery/Discover', bytes, bytes, bytes(Buffer.of()), reject);
    });
    await assert.rejects(asking, { code: status.UNIMPLEMENTED });
  });

  it('knows no other chaincode and no other channel', async () => {
    const { gateway } = probe().operator;
    const stranger = gateway.getNetwork('audit').getContract('stranger');
    await assert.rejects(stranger.evaluateTransaction('Get', 'a'), /no peers available to evaluate chaincode stranger/);
    await assert.rejects(stranger.submitTransaction('Get', 'a'), EndorseError);
    const elsewhere = gateway.getNetwork('elsewhere').getContract('audit');
    await assert.rejects(elsewhere.evaluateTransaction('Get', 'a'), /elsewhere/);
  });
});

/** The organizations whose endorsements a prepared transaction carries. */
function endorsersOf(preparedTransaction: Uint8Array): string[] {
  const envelope = gateway.PreparedTransaction.deserializeBinary(preparedTransaction).getEnvelope();
  assert.ok(envelope);
  const { endorsements } = parseTransaction(envelopeParts(envelope).data);
  return endorsements.map(({ endorser }) => msp.SerializedIdentity.deserializeBinary(endorser).getMspid());
}
