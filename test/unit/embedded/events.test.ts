import assert from 'node:assert/strict';
import { checkpointers, type ChaincodeEvent } from '@hyperledger/fabric-gateway';
import { common } from '@hyperledger/fabric-protos';
import { text, useProbeNetwork, type ProbeClient } from '../../support/probe-network.js';

describe('embedded network: events and blocks', () => {
  const probe = useProbeNetwork();
  const network = (client: ProbeClient = probe().operator) => client.gateway.getNetwork('audit');
  const announce = async (name: string, payload: string): Promise<bigint> => {
    const commit = await probe().operator.contract.submitAsync('Announce', { arguments: [name, payload] });
    return (await commit.getStatus()).blockNumber;
  };

  describe('chaincode events', () => {
    it('replays from a block on, then goes on live', async () => {
      const start = await announce('First', '1');
      await announce('Second', '2');
      const events = await network().getChaincodeEvents('audit', { startBlock: start });
      const iterator = events[Symbol.asyncIterator]();
      const replayed = [await nextEvent(iterator), await nextEvent(iterator)];
      assert.deepEqual(
        replayed.map(({ eventName, payload }) => [eventName, text(payload)]),
        [
          ['First', '1'],
          ['Second', '2'],
        ],
      );
      const live = nextEvent(iterator);
      await announce('Third', '3');
      assert.equal((await live).eventName, 'Third');
      events.close();
    });

    it('resumes after a transaction', async () => {
      const start = await announce('Before', '1');
      await announce('After', '2');
      const checkpointer = checkpointers.inMemory();
      const events = await network().getChaincodeEvents('audit', { startBlock: start });
      const first = await nextEvent(events[Symbol.asyncIterator]());
      await checkpointer.checkpointChaincodeEvent(first);
      events.close();
      const resumed = await network().getChaincodeEvents('audit', { checkpoint: checkpointer });
      assert.equal((await nextEvent(resumed[Symbol.asyncIterator]())).eventName, 'After');
      resumed.close();
    });

    it('shows nothing of transactions that did not become valid', async () => {
      const start = await announce('Valid', '1');
      const lonely = await probe()
        .operator.contract.newProposal('Announce', {
          arguments: ['Lonely', '1'],
          endorsingOrganizations: ['OperatorMSP'],
        })
        .endorse();
      assert.equal((await (await lonely.submit()).getStatus()).successful, false);
      await announce('Following', '2');
      const events = await network().getChaincodeEvents('audit', { startBlock: start });
      const iterator = events[Symbol.asyncIterator]();
      assert.deepEqual(
        [(await nextEvent(iterator)).eventName, (await nextEvent(iterator)).eventName],
        ['Valid', 'Following'],
      );
      events.close();
    });

    it('is refused to strangers', async () => {
      const { gateway } = probe().operator;
      const events = await gateway.getNetwork('elsewhere').getChaincodeEvents('audit');
      await assert.rejects(nextEvent(events[Symbol.asyncIterator]()), /PERMISSION_DENIED/);
    });
  });

  describe('blocks', () => {
    it('come in full, linked, from the genesis block on', async () => {
      await announce('Linked', '1');
      const blocks = await network().getBlockEvents({ startBlock: 0n });
      const seen: common.Block[] = [];
      for await (const block of blocks) {
        seen.push(block);
        if (seen.length === 2) break;
      }
      blocks.close();
      assert.deepEqual(
        seen.map((block) => block.getHeader()?.getNumber()),
        [0, 1],
      );
      assert.equal(seen[1]?.getHeader()?.getPreviousHash_asU8().length, 32);
      assert.ok((seen[1].getMetadata()?.getMetadataList_asU8()[common.BlockMetadataIndex.SIGNATURES]?.length ?? 0) > 0);
    });

    it('come live to a client that has closed its side', async () => {
      const start = await announce('Ready', '1');
      const blocks = await network().getBlockEvents({ startBlock: start + 1n });
      const iterator = blocks[Symbol.asyncIterator]();
      const next = iterator.next();
      const announced = await announce('Live', '2');
      const { value } = (await next) as { value: common.Block };
      assert.equal(BigInt(value.getHeader()?.getNumber() ?? 0), announced);
      blocks.close();
    });

    it('come filtered: flags and event names, no payloads', async () => {
      const blockNumber = await announce('Filtered', 'hidden payload');
      const blocks = await network().getFilteredBlockEvents({ startBlock: blockNumber });
      for await (const block of blocks) {
        const [transaction] = block.getFilteredTransactionsList();
        const event = transaction?.getTransactionActions()?.getChaincodeActionsList()[0]?.getChaincodeEvent();
        assert.equal(event?.getEventName(), 'Filtered');
        assert.equal(event.getPayload_asU8().length, 0);
        break;
      }
      blocks.close();
    });

    it('come with the private data that the reader may see', async () => {
      const commit = await probe().operator.contract.submitAsync('PutPrivate', {
        arguments: ['delivered'],
        transientData: { value: 'for members' },
      });
      const { blockNumber } = await commit.getStatus();
      const blocks = await network(probe().auditor).getBlockAndPrivateDataEvents({ startBlock: blockNumber });
      for await (const block of blocks) {
        assert.equal(BigInt(block.getBlock()?.getHeader()?.getNumber() ?? 0), blockNumber);
        const [namespace] = block.getPrivateDataMapMap().get(0)?.getNsPvtRwsetList() ?? [];
        const [collection] = namespace?.getCollectionPvtRwsetList() ?? [];
        assert.equal(collection?.getCollectionName(), 'eventPayloads');
        assert.ok(Buffer.from(collection.getRwset_asU8()).includes('for members'));
        break;
      }
      blocks.close();
    });
  });
});

async function nextEvent(iterator: AsyncIterator<ChaincodeEvent>): Promise<ChaincodeEvent> {
  const result = await iterator.next();
  assert.ok(!result.done);
  return result.value;
}
