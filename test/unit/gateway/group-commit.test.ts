import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { GroupCommit } from '../../../gateway/intake/group-commit.js';

/** A store whose disk answers when it is told to. */
function slowStore() {
  const syncs: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const commits = new GroupCommit({
    write: (body) => body(),
    sync: () => new Promise((resolve, reject) => syncs.push({ resolve, reject })),
  });
  return { commits, syncs };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('group commit', () => {
  it('lets those who come while the disk is busy share the next sync', async () => {
    const { commits, syncs } = slowStore();
    const written: number[] = [];
    const done: number[] = [];
    const all = [1, 2, 3, 4].map((n) => commits.run(() => written.push(n)).then(() => done.push(n)));
    assert.deepEqual(written, [1]);
    syncs[0]?.resolve();
    await turn();
    assert.deepEqual([written, done], [[1, 2, 3, 4], [1]]);
    syncs[1]?.resolve();
    await Promise.all(all);
    assert.equal(syncs.length, 2);
  });

  it('fails those who share a write that fails, and goes on', async () => {
    const { commits, syncs } = slowStore();
    await assert.rejects(
      commits.run(() => assert.fail('no room')),
      /no room/,
    );
    const next = commits.run(() => 'there');
    syncs[0]?.resolve();
    assert.equal(await next, 'there');
  });

  it('believes nothing any more after a sync that failed', async () => {
    const { commits, syncs } = slowStore();
    const first = commits.run(() => 1);
    syncs[0]?.reject(new Error('bad disk'));
    await assert.rejects(first, /bad disk/);
    await assert.rejects(
      commits.run(() => 2),
      /failed before/,
    );
    assert.equal(syncs.length, 1);
  });
});
