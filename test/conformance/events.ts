import assert from 'node:assert/strict';
import { checkpointers } from '@hyperledger/fabric-gateway';
import type { CloseableAsyncIterable } from '@hyperledger/fabric-gateway';
import { describe, it } from 'mocha';
import { text } from './client.js';
import type { Members } from './client.js';

export function eventConformance(members: () => Members): void {
  const announce = async (name: string, payload: string): Promise<bigint> => {
    const commit = await members().operator.contract.submitAsync('Announce', { arguments: [name, payload] });
    return (await commit.getStatus()).blockNumber;
  };

  describe('chaincode events', () => {
    it('come from a block on, in order, with payload and place', async () => {
      const startBlock = await announce('First', '1');
      await announce('Second', '2');
      const events = await members().operator.network.getChaincodeEvents('audit', { startBlock });
      const [first, second] = await take(events, 2);
      assert.deepEqual([first?.eventName, text(first?.payload ?? new Uint8Array())], ['First', '1']);
      assert.deepEqual([first?.blockNumber, first?.chaincodeName], [startBlock, 'audit']);
      assert.equal(second?.eventName, 'Second');
    });

    it('go on behind a checkpoint', async () => {
      const startBlock = await announce('Before', '1');
      await announce('After', '2');
      const { network } = members().operator;
      const [before] = await take(await network.getChaincodeEvents('audit', { startBlock }), 1);
      const checkpoint = checkpointers.inMemory();
      await checkpoint.checkpointChaincodeEvent(before ?? assert.fail());
      const [next] = await take(await network.getChaincodeEvents('audit', { checkpoint }), 1);
      assert.equal(next?.eventName, 'After');
    });
  });

  describe('blocks', () => {
    it('are delivered whole, with flags and the signature of an orderer', async () => {
      const startBlock = await announce('Delivered', 'in full');
      const block = await takeOne(await members().partner.network.getBlockEvents({ startBlock }));
      assert.equal(block.getHeader()?.getNumber(), Number(startBlock));
      const [signatures, , flags] = block.getMetadata()?.getMetadataList_asU8() ?? [];
      assert.ok(signatures && signatures.length > 0);
      assert.deepEqual([...(flags ?? [])], [0]);
      assert.ok(text(block.serializeBinary()).includes('in full'));
    });

    it('are delivered filtered: ids, flags and names of events, no payloads', async () => {
      const startBlock = await announce('Filtered', 'not in full');
      const block = await takeOne(await members().partner.network.getFilteredBlockEvents({ startBlock }));
      assert.deepEqual([block.getChannelId(), block.getNumber()], ['audit', Number(startBlock)]);
      const [transaction] = block.getFilteredTransactionsList();
      const [action] = transaction?.getTransactionActions()?.getChaincodeActionsList() ?? [];
      assert.equal(action?.getChaincodeEvent()?.getEventName(), 'Filtered');
      assert.equal(action.getChaincodeEvent()?.getPayload_asU8().length, 0);
    });

    it('are delivered with the private data that the reader may see', async () => {
      const { operator, partner } = members();
      const commit = await operator.contract.submitAsync('PutIn', {
        arguments: ['operatorNotes', 'delivered'],
        transientData: { value: 'for members' },
      });
      const { blockNumber: startBlock } = await commit.getStatus();
      const own = await takeOne(await operator.network.getBlockAndPrivateDataEvents({ startBlock }));
      const foreign = await takeOne(await partner.network.getBlockAndPrivateDataEvents({ startBlock }));
      assert.equal(own.getPrivateDataMapMap().getLength(), 1);
      assert.equal(foreign.getPrivateDataMapMap().getLength(), 0);
      assert.ok(text(own.serializeBinary()).includes('for members'));
      assert.ok(!text(own.getBlock()?.serializeBinary() ?? new Uint8Array()).includes('for members'));
    });
  });
}

/** The first so many of a stream, which ends with them. */
async function take<Item>(stream: CloseableAsyncIterable<Item>, count: number): Promise<Item[]> {
  const taken: Item[] = [];
  for await (const item of stream) {
    taken.push(item);
    if (taken.length === count) break;
  }
  stream.close();
  return taken;
}

async function takeOne<Item>(stream: CloseableAsyncIterable<Item>): Promise<Item> {
  const [item] = await take(stream, 1);
  return item ?? assert.fail('the stream has ended');
}
