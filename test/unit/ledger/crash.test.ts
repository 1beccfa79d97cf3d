import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openLedger, verifyLedger } from '../../../network/embedded/ledger/index.js';
import { CHANNEL, commitGenesis, NAMESPACE, withDirectory } from './chain.js';

const COMMIT_FOREVER = fileURLToPath(new URL('./commit-forever.js', import.meta.url));

describe('a process that ends badly', () => {
  it('loses no acknowledged block when it is killed, whenever that is', async () => {
    await withStartedLedger(async (dir) => {
      for (const blocksToSee of [1, 5, 12, 3, 20]) {
        const child = spawn(process.execPath, [COMMIT_FOREVER, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
        await assertKept(
          dir,
          await acknowledgedBy(child, async (seen) => {
            if (seen !== blocksToSee) return;
            await wait(Math.random() * 5);
            child.kill('SIGKILL');
          }),
        );
      }
    });
  });

  it('loses no acknowledged block when there is no room left', async () => {
    await withStartedLedger(async (dir) => {
      // No file may grow beyond this many blocks of 512 or 1024 bytes: writes fail as on a full disk.
      for (const limit of [300, 420, 660]) {
        const command = `ulimit -f ${limit} && exec "${process.execPath}" "${COMMIT_FOREVER}" "${dir}"`;
        const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'ignore'] });
        const acknowledged = await acknowledgedBy(child, () => Promise.resolve());
        assert.notEqual(child.exitCode, 0);
        await assertKept(dir, acknowledged);
      }
    });
  });
});

async function withStartedLedger(use: (dir: string) => Promise<void>): Promise<void> {
  await withDirectory(async (dir) => {
    const ledger = await openLedger({ dir, channel: CHANNEL });
    await commitGenesis(ledger);
    ledger.close();
    await use(dir);
  });
}

/** @returns the last block that the process acknowledged before its end. */
async function acknowledgedBy(child: ChildProcess, onBlock: (seen: number) => Promise<void>): Promise<bigint> {
  const closed = once(child, 'close');
  let acknowledged = 0n;
  let seen = 0;
  assert.ok(child.stdout);
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged = BigInt(line);
    seen += 1;
    await onBlock(seen);
  }
  await closed;
  assert.ok(seen > 0, 'it acknowledged nothing');
  return acknowledged;
}

async function assertKept(dir: string, acknowledged: bigint): Promise<void> {
  const ledger = await openLedger({ dir, channel: CHANNEL });
  const { height } = ledger.chainInfo();
  assert.ok(height > acknowledged, `block ${acknowledged} was acknowledged, the height is ${height}`);
  assert.equal(String(ledger.state(NAMESPACE, 'head')?.value), String(height - 1n));
  assert.ok(ledger.privateState(NAMESPACE, 'payloads', `private ${acknowledged} 3`));
  ledger.close();
  assert.deepEqual(await verifyLedger({ dir, channel: CHANNEL }), []);
}
