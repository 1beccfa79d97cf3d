import assert from 'node:assert/strict';
import type { Transaction } from '@hyperledger/fabric-gateway';
import { common, peer } from '@hyperledger/fabric-protos';
import { describe, it } from 'mocha';
import { NETWORK } from '../support/network-under-test.js';
import { settled, text } from './client.js';
import type { Member, Members } from './client.js';

const { TxValidationCode } = peer;

export function transactionConformance(members: () => Members): void {
  describe('transactions', () => {
    it('are endorsed, ordered, committed, and seen by every organization', async () => {
      const { operator } = members();
      assert.equal(text(await operator.contract.submitTransaction('Put', 'seen by all', 'value')), 'seen by all');
      await settled(members());
      for (const { contract } of Object.values(members())) {
        assert.equal(text(await contract.evaluateTransaction('Get', 'seen by all')), 'value');
      }
    });

    it('tell their id, result, block and status', async () => {
      const { contract } = members().operator;
      const commit = await contract.submitAsync('Put', { arguments: ['with a status', '1'] });
      const status = await commit.getStatus();
      assert.equal(text(commit.getResult()), 'with a status');
      assert.deepEqual([status.successful, status.code], [true, TxValidationCode.VALID]);
      assert.equal(status.transactionId, commit.getTransactionId());
      assert.ok(status.blockNumber > 0n);
    });

    it('fail validation where the endorsements do not satisfy the policy', async () => {
      const { contract } = members().operator;
      const options = { arguments: ['alone', '1'], endorsingOrganizations: ['OperatorMSP'] };
      const transaction = await contract.newProposal('Put', options).endorse();
      assert.equal(await codeOf(transaction), TxValidationCode.ENDORSEMENT_POLICY_FAILURE);
      await settled(members());
      assert.equal(text(await contract.evaluateTransaction('Get', 'alone')), '');
    });

    it('conflict where two have read the same version', async () => {
      const { contract } = members().operator;
      const endorse = () => contract.newProposal('Increment', { arguments: ['counter'] }).endorse();
      const [first, second] = [await endorse(), await endorse()];
      assert.equal(await codeOf(first), TxValidationCode.VALID);
      assert.equal(await codeOf(second), TxValidationCode.MVCC_READ_CONFLICT);
      await settled(members());
      assert.equal(text(await contract.evaluateTransaction('Get', 'counter')), '1');
    });

    it('do not conflict where they only write: the last one wins', async () => {
      const { contract } = members().operator;
      const endorse = (value: string) => contract.newProposal('Put', { arguments: ['blind', value] }).endorse();
      const [first, second] = [await endorse('1'), await endorse('2')];
      assert.equal(await codeOf(first), TxValidationCode.VALID);
      assert.equal(await codeOf(second), TxValidationCode.VALID);
      assert.equal(text(await contract.evaluateTransaction('Get', 'blind')), '2');
    });

    it('conflict where a key has appeared in a range that one has read', async () => {
      const { contract } = members().operator;
      const counting = await contract
        .newProposal('CountInto', { arguments: ['range a', 'range z', 'count'] })
        .endorse();
      await contract.submitTransaction('Put', 'range m', '1');
      assert.equal(await codeOf(counting), TxValidationCode.PHANTOM_READ_CONFLICT);
    });

    it('pass where a range that one has read is unchanged', async () => {
      const { contract } = members().operator;
      await settled(members());
      const counting = await contract
        .newProposal('CountInto', { arguments: ['range a', 'range z', 'count'] })
        .endorse();
      await contract.submitTransaction('Put', 'rangeless', '1');
      assert.equal(await codeOf(counting), TxValidationCode.VALID);
    });

    it('are written once: what is submitted again is marked as a duplicate, or refused by BFT orderers', async () => {
      const { operator } = members();
      const transaction = await operator.contract.newProposal('Put', { arguments: ['twice', '1'] }).endorse();
      const status = await (await transaction.submit()).getStatus();
      const isTaken = await transaction.submit().then(
        () => true,
        () => false,
      );
      await operator.contract.submitTransaction('Put', 'behind it', '1');
      const height = await settled(members());
      const flags: number[] = [];
      for (let number = Number(status.blockNumber); number < height; number++) {
        flags.push(...(await flagsOf(operator, number, transaction.getTransactionId())));
      }
      if (NETWORK !== 'bft') assert.ok(isTaken);
      assert.deepEqual(
        flags,
        isTaken ? [TxValidationCode.VALID, TxValidationCode.DUPLICATE_TXID] : [TxValidationCode.VALID],
      );
    });

    it('do not read their own writes', async () => {
      const { contract } = members().operator;
      assert.equal(text(await contract.submitTransaction('ReadOwnWrite', 'own write', '1')), '');
    });

    it('keep a history of each key, newest first', async () => {
      const { contract } = members().operator;
      for (const value of ['1', '2']) await contract.submitTransaction('Put', 'remembered', value);
      await settled(members());
      await contract.submitTransaction('Delete', 'remembered');
      const history = JSON.parse(text(await contract.evaluateTransaction('History', 'remembered'))) as {
        value: string;
        isDelete: boolean;
      }[];
      assert.deepEqual(
        history.map(({ value, isDelete }) => (isDelete ? 'deleted' : value)),
        ['deleted', '2', '1'],
      );
    });
  });
}

async function codeOf(transaction: Transaction): Promise<number> {
  return (await (await transaction.submit()).getStatus()).code;
}

/** The validation flags that a transaction id has in a block. */
async function flagsOf({ qscc, channel }: Member, number: number, txId: string): Promise<number[]> {
  const bytes = await qscc.evaluateTransaction('GetBlockByNumber', channel, String(number));
  const block = common.Block.deserializeBinary(bytes);
  const flags = block.getMetadata()?.getMetadataList_asU8()[2] ?? new Uint8Array();
  return (block.getData()?.getDataList_asU8() ?? []).flatMap((envelope, index) => {
    const payload = common.Payload.deserializeBinary(common.Envelope.deserializeBinary(envelope).getPayload_asU8());
    const header = common.ChannelHeader.deserializeBinary(
      payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array(),
    );
    return header.getTxId() === txId ? [flags[index] ?? -1] : [];
  });
}
