import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { AuditError, CHAIN_START, sealEvent, writeSealed } from '../../../core/index.js';
import type { GroupOutcome, Outcome, RecordBatch } from '../../../core/index.js';
import type { Entry, EventResult } from '../../../gateway/intake/entry.js';
import { entryOf, startSequencer } from '../../support/sequencer.js';
import type { PlayedSequencer } from '../../support/sequencer.js';

const BROKEN: Outcome = { status: 'refused', fault: { code: 'CHAIN_BROKEN', detail: 'not the next one', errors: [] } };

/** A peer that answers, and then does not for a moment: what a test of a network cannot place where it hurts. */
describe('a peer that is gone while a transaction is being concluded', () => {
  let played: PlayedSequencer;
  let sent: string[][];

  beforeEach(() => {
    sent = [];
  });
  afterEach(() => played.close());

  /** Answers as it is told, and does not give the heads that are asked for after its first refusal. */
  function start(answer: (batch: RecordBatch, transaction: number) => GroupOutcome[]): void {
    let headsRead = 0;
    played = startSequencer({
      readHeads: (sessions) =>
        ++headsRead === 2
          ? Promise.reject(new AuditError('LEDGER_UNAVAILABLE', 'The peer did not answer.'))
          : Promise.resolve(sessions.map(() => null)),
      endorse: async (batch) => {
        sent.push(batch.groups.flatMap(({ session_id: session, events }) => events.map(() => session)));
        return Promise.resolve(answer(batch, sent.length));
      },
    });
  }

  it('never has what was recorded beside it sent again', async () => {
    start((batch, transaction) =>
      batch.groups.map(({ session_id: session }) =>
        session === 'unclear' && transaction === 1 ? [BROKEN] : 'recorded',
      ),
    );
    const recorded = entryOf('recorded');
    const unclear = entryOf('unclear');
    const place = { owner: 'OneMSP', seq: 1, prevHash: CHAIN_START };
    unclear.entry.seal = writeSealed(sealEvent(postedOf(unclear.entry), place, () => '0'.repeat(32)));
    unclear.entry.maybeRecorded = true;
    played.sequencer.enqueue([recorded.entry, unclear.entry]);
    const results = await Promise.all([recorded.settled, unclear.settled]);
    assert.deepEqual(results.map(statusOf), ['recorded', 'recorded']);
    assert.deepEqual(sent, [['recorded', 'unclear'], ['unclear']]);
  });

  it('leaves a bundle to be tried again', async () => {
    start((batch, transaction) => {
      if (transaction === 1) throw new AuditError('CHAIN_BROKEN', 'not the next one');
      return batch.groups.map(() => 'recorded');
    });
    const { entry, settled } = entryOf('bundled', 1);
    await played.sequencer.enqueueBundle([entry]);
    assert.equal(statusOf(await settled), 'recorded');
    assert.deepEqual(sent, [['bundled'], ['bundled']]);
  });
});

function postedOf({ draft }: Entry) {
  return draft.kind === 'plain' ? draft.posted : assert.fail();
}

function statusOf({ status }: EventResult): string {
  return status;
}
