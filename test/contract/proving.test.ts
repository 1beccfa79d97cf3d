import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { formatLocator, LIMITS, TRANSACTIONS } from '../../core/index.js';
import type { EventProof, Submission } from '../../core/index.js';
import { useConsortium } from './consortium.js';
import { chain, events, newSession, record } from './sessions.js';

describe('proving events', () => {
  const consortium = useConsortium();
  const session = newSession();
  const second = formatLocator({ ...session, seq: 2 });
  let sealed: Submission[];

  before(async () => {
    sealed = chain(events(3), session);
    await record(consortium().operator, [session, sealed]);
  });

  async function prove(reference: string, challenge: string): Promise<EventProof | null> {
    const contract = consortium().raw.getNetwork('audit').getContract('audit');
    const answer = await contract.evaluateTransaction(TRANSACTIONS.proveEvent, reference, challenge);
    return JSON.parse(Buffer.from(answer).toString()) as EventProof | null;
  }

  it('answers one event alone, with the challenge and the place of its record', async () => {
    const proof = await prove(second, 'challenge-1');
    assert.equal(proof?.challenge, 'challenge-1');
    assert.equal(proof.record_first_seq, 1);
    assert.deepEqual(proof.event, await consortium().partner.readEvent(second));
    assert.equal(proof.event.hash, sealed[1]?.hash);
    assert.deepEqual([proof.entries, proof.entries_complete], [[], true]);
  });

  it('answers null for what is not there: absence can be signed too', async () => {
    assert.equal(await prove(formatLocator({ ...session, seq: 4 }), 'challenge-1'), null);
  });

  it('refuses what is no challenge', async () => {
    for (const bad of ['', 'short', 'with space', 'x'.repeat(129), 'line\nbreak']) {
      await assert.rejects(prove(second, bad), (error: Error) => /INVALID_REQUEST/.test(JSON.stringify(error)));
    }
  });

  it('says whether there was said more of it than the answer holds', async function () {
    this.timeout(30_000);
    const third = formatLocator({ ...session, seq: 3 });
    for (let count = 1; count <= LIMITS.entriesPerProof + 1; count++) {
      await consortium().partner.attest(third, { kind: 'reviewed', reason: `review ${count}` });
      if (count === LIMITS.entriesPerProof) assert.equal((await prove(third, 'challenge-1'))?.entries_complete, true);
    }
    const proof = await prove(third, 'challenge-1');
    assert.equal(proof?.entries_complete, false);
    assert.deepEqual(
      proof.entries.map(({ reason }) => reason),
      Array.from({ length: LIMITS.entriesPerProof }, (_, index) => `review ${index + 1}`),
    );
  });
});
