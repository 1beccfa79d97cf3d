import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Outcome } from '../../../core/index.js';
import { attemptRecording } from '../../../gateway/intake/attempt.js';
import type { Attempt } from '../../../gateway/intake/attempt.js';
import type { AuditLedger, CommitResult } from '../../../gateway/ledger/audit-ledger.js';

const RECORDED: Outcome = { status: 'recorded' };
const REFUSED: Outcome = { status: 'refused', fault: { code: 'CHAIN_BROKEN', detail: 'another one is there' } };
const VALID: CommitResult = { code: 'VALID', blockNumber: 7 };

describe('a try to record', () => {
  /** What became of it, and what was done in which order. */
  async function attempt(outcome: Outcome, committed: CommitResult): Promise<{ attempt: Attempt; done: string[] }> {
    const done: string[] = [];
    const ledger = {
      endorseRecording: () =>
        Promise.resolve({
          txId: 'tx',
          answer: { recorded_at: 'now', outcomes: [[outcome]] },
          endorsedBy: () => {
            done.push('endorsements verified');
            return ['OneMSP'];
          },
          commit: async () => {
            await Promise.resolve();
            done.push('sent');
            await new Promise((resolve) => setTimeout(resolve, 5));
            done.push('committed');
            return committed;
          },
        }),
    } as unknown as AuditLedger;
    const options = { atomic: false, journal: () => Promise.resolve() };
    return { attempt: await attemptRecording(ledger, [], options), done };
  }

  it('verifies who endorsed it while it is being committed', async () => {
    const { attempt: made, done } = await attempt(RECORDED, VALID);
    assert.deepEqual(done, ['sent', 'endorsements verified', 'committed']);
    assert.ok(made.kind === 'answered');
    assert.deepEqual(made.proof, { txId: 'tx', blockNumber: 7, recordedAt: 'now', endorsedBy: ['OneMSP'] });
  });

  it('names who endorsed an answer for which nothing is sent', async () => {
    const { attempt: made, done } = await attempt(REFUSED, VALID);
    assert.deepEqual(done, ['endorsements verified']);
    assert.ok(made.kind === 'answered');
    assert.deepEqual(made.proof, { txId: 'tx', blockNumber: 0, recordedAt: 'now', endorsedBy: ['OneMSP'] });
  });

  it('is invalidated as the ledger says', async () => {
    const { attempt: made } = await attempt(RECORDED, { code: 'MVCC_READ_CONFLICT', blockNumber: 7 });
    assert.deepEqual(made, { kind: 'invalidated', code: 'MVCC_READ_CONFLICT' });
  });
});
