import assert from 'node:assert/strict';
import type { Contract } from '@hyperledger/fabric-gateway';
import { common, gateway, peer } from '@hyperledger/fabric-protos';
import { describe, it } from 'mocha';
import { settled, text } from './client.js';
import type { Members } from './client.js';

const EVERYONE = ['AuditorMSP', 'OperatorMSP', 'PartnerMSP'];

export function readConformance(members: () => Members): void {
  describe('reads', () => {
    it('go on in pages, from one bookmark to the next', async () => {
      const { contract } = members().operator;
      for (const key of ['page 1', 'page 2', 'page 3']) await contract.submitTransaction('Put', key, '1');
      const page = async (bookmark: string) =>
        JSON.parse(text(await contract.evaluateTransaction('PageOfKeys', 'page', 'pagf', '2', bookmark))) as {
          keys: string[];
          bookmark: string;
        };
      const first = await page('');
      assert.deepEqual(first.keys, ['page 1', 'page 2']);
      const second = await page(first.bookmark);
      assert.deepEqual(second.keys, ['page 3']);
      // The end is an empty bookmark with LevelDB; with CouchDB one behind which nothing is.
      if (second.bookmark !== '') assert.deepEqual((await page(second.bookmark)).keys, []);
    });

    it('are signed by every organization that the client names, without being submitted', async () => {
      const { contract } = members().operator;
      await contract.submitTransaction('Put', 'attested', 'value');
      const height = await settled(members());
      const { organizations, result } = await signedRead(contract, 'Get', 'attested');
      assert.deepEqual(organizations, EVERYONE);
      assert.equal(text(result), 'value');
      assert.equal(await settled(members()), height);
    });

    it('of the ledger itself are signed too', async () => {
      const { qscc, channel, contract } = members().operator;
      const commit = await contract.submitAsync('Put', { arguments: ['looked up', '1'] });
      const status = await commit.getStatus();
      const height = await settled(members());
      const info = await signedRead(qscc, 'GetChainInfo', channel);
      assert.deepEqual(info.organizations, EVERYONE);
      assert.equal(common.BlockchainInfo.deserializeBinary(info.result).getHeight(), height);
      const found = await signedRead(qscc, 'GetTransactionByID', channel, commit.getTransactionId());
      assert.deepEqual(found.organizations, EVERYONE);
      const processed = peer.ProcessedTransaction.deserializeBinary(found.result);
      assert.equal(processed.getValidationcode(), status.code);
      const block = await qscc.evaluateTransaction('GetBlockByTxID', channel, commit.getTransactionId());
      assert.equal(common.Block.deserializeBinary(block).getHeader()?.getNumber(), Number(status.blockNumber));
      const byHash = await qscc.evaluateTransaction(
        'GetBlockByHash',
        channel,
        Buffer.from(common.BlockchainInfo.deserializeBinary(info.result).getCurrentblockhash_asU8()),
      );
      assert.equal(common.Block.deserializeBinary(byHash).getHeader()?.getNumber(), height - 1);
    });
  });
}

/** An endorsed answer, and who has signed it. */
async function signedRead(
  contract: Contract,
  name: string,
  ...args: string[]
): Promise<{ organizations: string[]; result: Uint8Array }> {
  const transaction = await contract.newProposal(name, { arguments: args, endorsingOrganizations: EVERYONE }).endorse();
  const prepared = gateway.PreparedTransaction.deserializeBinary(transaction.getBytes());
  const payload = common.Payload.deserializeBinary(prepared.getEnvelope()?.getPayload_asU8() ?? new Uint8Array());
  const [action] = peer.Transaction.deserializeBinary(payload.getData_asU8()).getActionsList();
  const endorsed = peer.ChaincodeActionPayload.deserializeBinary(action?.getPayload_asU8() ?? new Uint8Array());
  const endorsers = endorsed.getAction()?.getEndorsementsList() ?? [];
  const organizations = endorsers.map((endorsement) => text(endorsement.getEndorser_asU8()).match(/\w+MSP/)?.[0] ?? '');
  return { organizations: organizations.sort(), result: transaction.getResult() };
}
