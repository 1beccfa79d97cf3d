import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { EventView, Openings } from '../../../core/index.js';
import { readOpenings } from '../../../gateway/routes/read-openings.js';
import { chain } from '../chaincode/builders.js';

describe('openings that a peer answers with', () => {
  const [own, other] = chain([{ input: { order: 1 }, output: null }, { input: { order: 2 } }]);
  assert.ok(own && other);
  const view = { locator: 'here', core: own.core } as EventView;
  const read = (answer: Openings | null) => readOpenings({ readPayload: () => Promise.resolve(answer) }, view);

  it("are passed on where they open the event's commitments, some or all", async () => {
    const { input = assert.fail() } = own.openings;
    for (const answer of [own.openings, { input }, {}, null]) assert.deepEqual(await read(answer), answer);
  });

  it("are not passed on where they are another event's", async () => {
    await assert.rejects(read(other.openings), /^Error: the openings of here are not its own$/);
    await assert.rejects(read({ ...own.openings, context: { salt: '00'.repeat(16), value: 'of another' } }));
  });
});
