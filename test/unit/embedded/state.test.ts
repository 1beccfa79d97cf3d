import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { EndorseError, GatewayError } from '@hyperledger/fabric-gateway';
import { common } from '@hyperledger/fabric-protos';
import { text, useProbeNetwork } from '../../support/probe-network.js';

describe('embedded network: what chaincode sees of the state', () => {
  const probe = useProbeNetwork();
  const contract = () => probe().operator.contract;
  const evaluate = async (name: string, ...args: string[]) => text(await contract().evaluateTransaction(name, ...args));
  const submit = async (name: string, ...args: string[]) => text(await contract().submitTransaction(name, ...args));
  const submitSecret = (name: string, key: string, value: string) =>
    contract().submit(name, { arguments: [key], transientData: { value } });

  it('reads ranges in the order of UTF-8 bytes, beyond one batch', async () => {
    const keys = [
      ...Array.from({ length: 120 }, (_, index) => `range-${String(index).padStart(3, '0')}`),
      'range-\u{ffff}',
      'range-\u{1f600}',
    ];
    await Promise.all(keys.map((key) => submit('Put', key, '1')));
    assert.deepEqual(JSON.parse(await evaluate('Keys', 'range-', 'range-\u{10ffff}')), keys);
  });

  it('pages ranges with a bookmark', async () => {
    for (const key of ['page-1', 'page-2', 'page-3']) await submit('Put', key, '1');
    const first = JSON.parse(await evaluate('PageOfKeys', 'page-', 'page-z', '2', '')) as {
      keys: string[];
      bookmark: string;
    };
    assert.deepEqual(first.keys, ['page-1', 'page-2']);
    const second = JSON.parse(await evaluate('PageOfKeys', 'page-', 'page-z', '2', first.bookmark)) as {
      keys: string[];
      bookmark: string;
    };
    assert.deepEqual(second, { keys: ['page-3'], bookmark: '' });
  });

  it('lets nothing be written after a paged query', async () => {
    await assert.rejects(submit('PageThenPut', 'late'), (error: unknown) => {
      assert.ok(error instanceof EndorseError);
      return /already performed a paginated query/.test(error.details[0]?.message ?? '');
    });
  });

  it('answers rich queries', async () => {
    for (const [key, size] of [
      ['doc-1', 1],
      ['doc-2', 2],
      ['doc-3', 3],
    ] as const) {
      await submit('Put', key, JSON.stringify({ kind: 'doc', size }));
    }
    const query = { selector: { kind: 'doc', size: { $gte: 2 } }, sort: [{ kind: 'desc' }, { size: 'desc' }] };
    assert.deepEqual(JSON.parse(await evaluate('Query', JSON.stringify(query))), ['doc-3', 'doc-2']);
    await assert.rejects(evaluate('Query', '{"sort":[]}'), GatewayError);
  });

  it('refuses what of a query it would have to leave out', async () => {
    for (const option of ['fields', 'bookmark', 'execution_stats']) {
      const query = JSON.stringify({ selector: {}, [option]: [] });
      const refused = (error: { details: object[] }) => JSON.stringify(error.details).includes('is not supported');
      await assert.rejects(probe().operator.contract.evaluateTransaction('Query', query), refused);
    }
  });

  it('gives the history of a key, newest first', async () => {
    await submit('Put', 'aged', 'young');
    await submit('Put', 'aged', 'old');
    await submit('Delete', 'aged');
    const history = JSON.parse(await evaluate('History', 'aged')) as { value: string; isDelete: boolean }[];
    assert.deepEqual(
      history.map(({ value, isDelete }) => [value, isDelete]),
      [
        ['', true],
        ['old', false],
        ['young', false],
      ],
    );
  });

  describe('private data', () => {
    it('keeps the value off the channel, its hash on it', async () => {
      await submitSecret('PutPrivate', 'p1', 'a secret');
      assert.equal(await evaluate('GetPrivate', 'p1'), 'a secret');
      const hash = createHash('sha256').update('a secret').digest('hex');
      assert.equal(await evaluate('GetPrivateHash', 'p1'), hash);
      const info = await probe().operator.qscc.evaluateTransaction(
        'GetBlockByNumber',
        'audit',
        String((await height()) - 1n),
      );
      assert.equal(text(info).includes('a secret'), false);
      assert.equal(Buffer.from(info).includes(Buffer.from(hash, 'hex')), true);
    });

    it('is readable by every member organization', async () => {
      await submitSecret('PutPrivate', 'p2', 'shared');
      assert.equal(text(await probe().auditor.contract.evaluateTransaction('GetPrivate', 'p2')), 'shared');
    });

    it('is gone after a purge', async () => {
      await submitSecret('PutPrivate', 'p3', 'forget me');
      await submit('PurgePrivate', 'p3');
      assert.equal(await evaluate('GetPrivate', 'p3'), '');
      assert.equal(await evaluate('GetPrivateHash', 'p3'), '');
    });

    it('refuses a collection that is not defined', async () => {
      await assert.rejects(submit('PutStranger', 'p4'), (error: unknown) => {
        assert.ok(error instanceof EndorseError);
        return /collection \[strangers\] not defined/.test(error.details[0]?.message ?? '');
      });
    });
  });

  describe('qscc', () => {
    it('answers for the ledger', async () => {
      const commit = await contract().submitAsync('Put', { arguments: ['asked', '1'] });
      const { blockNumber, transactionId } = await commit.getStatus();
      const { qscc } = probe().operator;
      const byNumber = await qscc.evaluateTransaction('GetBlockByNumber', 'audit', String(blockNumber));
      const byTransaction = await qscc.evaluateTransaction('GetBlockByTxID', 'audit', transactionId);
      assert.deepEqual(byTransaction, byNumber);
      assert.ok((await qscc.evaluateTransaction('GetTransactionByID', 'audit', transactionId)).length > 0);
    });

    it('can be endorsed, as a signed answer to a read', async () => {
      const transaction = await probe()
        .operator.qscc.newProposal('GetChainInfo', { arguments: ['audit'] })
        .endorse();
      assert.ok(transaction.getResult().length > 0);
    });

    const refusals: [string, string[], RegExp][] = [
      [
        'GetBlockByNumber',
        ['audit', '99999'],
        /Failed to get block number 99999, error no such block number \[99999\] in index/,
      ],
      ['GetBlockByNumber', ['audit', 'x'], /Failed to parse block number/],
      ['GetTransactionByID', ['audit', 'nope'], /no such transaction ID \[nope\] in index/],
      ['GetBlockByNumber', ['audit'], /missing 3rd argument for GetBlockByNumber/],
      ['GetChainInfo', ['elsewhere'], /Invalid chain ID, elsewhere/],
      ['Nothing', ['audit', 'x'], /Requested function Nothing not found/],
    ];
    for (const [name, args, message] of refusals) {
      it(`refuses ${name}(${args.join(', ')})`, async () => {
        await assert.rejects(probe().operator.qscc.evaluateTransaction(name, ...args), message);
      });
    }
  });

  async function height(): Promise<bigint> {
    const info = await probe().operator.qscc.evaluateTransaction('GetChainInfo', 'audit');
    return BigInt(common.BlockchainInfo.deserializeBinary(info).getHeight());
  }
});
