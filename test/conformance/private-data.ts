import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'mocha';
import { settled, text } from './client.js';
import type { Member, Members } from './client.js';

export function privateDataConformance(members: () => Members): void {
  const put = ({ contract }: Member, collection: string, key: string, value: string) =>
    contract.submit('PutIn', { arguments: [collection, key], transientData: { value } });
  const get = async ({ contract }: Member, collection: string, key: string) =>
    text(await contract.evaluateTransaction('GetFrom', collection, key));
  const hashOf = async ({ contract }: Member, collection: string, key: string) =>
    text(await contract.evaluateTransaction('HashFrom', collection, key));

  describe('private data', () => {
    it('reaches every member, and its hash every peer', async () => {
      await put(members().operator, 'eventPayloads', 'shared', 'a secret of three');
      await settled(members());
      for (const member of Object.values(members())) {
        assert.equal(await get(member, 'eventPayloads', 'shared'), 'a secret of three');
        assert.equal(await hashOf(member, 'eventPayloads', 'shared'), sha256('a secret of three'));
      }
    });

    it('is refused to those who are no members, who see its hash only', async () => {
      await put(members().operator, 'operatorNotes', 'note', 'a secret of one');
      await settled(members());
      assert.equal(await get(members().operator, 'operatorNotes', 'note'), 'a secret of one');
      await assert.rejects(get(members().partner, 'operatorNotes', 'note'), detailMatching(/read access permission/));
      assert.equal(await hashOf(members().partner, 'operatorNotes', 'note'), sha256('a secret of one'));
    });

    it('is endorsed by the collection’s own policy where only the collection is written', async () => {
      const transaction = await members()
        .operator.contract.newProposal('PutIn', {
          arguments: ['operatorNotes', 'own policy'],
          transientData: { value: '1' },
          endorsingOrganizations: ['OperatorMSP'],
        })
        .endorse();
      assert.equal((await (await transaction.submit()).getStatus()).successful, true);
    });

    it('may be written by members only', async () => {
      await assert.rejects(put(members().partner, 'operatorNotes', 'foreign', '1'), (error: Error) => {
        assert.ok('details' in error);
        return true;
      });
    });

    it('is gone after a purge, with its hash', async () => {
      const { operator } = members();
      await put(operator, 'eventPayloads', 'purged', 'to be forgotten');
      await settled(members());
      await operator.contract.submitTransaction('PurgeFrom', 'eventPayloads', 'purged');
      await settled(members());
      for (const member of Object.values(members())) {
        assert.equal(await get(member, 'eventPayloads', 'purged'), '');
        assert.equal(await hashOf(member, 'eventPayloads', 'purged'), '');
      }
    });

    it('lives for as many blocks as its collection says', async () => {
      const { operator } = members();
      const written = await operator.contract.submitAsync('PutIn', {
        arguments: ['shortLived', 'brief'],
        transientData: { value: 'a secret of two blocks' },
      });
      const { blockNumber: startBlock } = await written.getStatus();
      for (const block of [1, 2]) {
        await settled(members());
        assert.equal(await get(operator, 'shortLived', 'brief'), 'a secret of two blocks', `block ${block}`);
        await operator.contract.submitTransaction('Put', `block ${block} after`, '1');
      }
      await operator.contract.submitTransaction('Put', 'block 3 after', '1');
      await settled(members());
      assert.equal(await get(operator, 'shortLived', 'brief'), '');
      assert.equal(await hashOf(operator, 'shortLived', 'brief'), '');
      for await (const block of await operator.network.getBlockAndPrivateDataEvents({ startBlock })) {
        assert.equal(block.getPrivateDataMapMap().getLength(), 0, 'the block is delivered without it');
        break;
      }
    });
  });
}

function sha256(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}

/** Whether a refusal of the gateway's says so, in the details that name the peer. */
function detailMatching(pattern: RegExp): (error: { details?: { message: string }[] }) => boolean {
  return ({ details = [] }) => details.some(({ message }) => pattern.test(message));
}
