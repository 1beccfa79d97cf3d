import assert from 'node:assert/strict';
import fc from 'fast-check';
import { canonicalize } from '../../../core/index.js';
import type { JsonValue } from '../../../core/index.js';
import type { Group } from '../../../gateway/intake/entry.js';
import { writeBatch } from '../../../gateway/intake/write-batch.js';

const text = fc.string({ unit: 'grapheme' });
const sealed = fc.record({
  core: fc.dictionary(text, text),
  hash: fc.stringMatching(/^[0-9a-f]{64}$/),
  openings: fc.dictionary(text, fc.jsonValue() as fc.Arbitrary<JsonValue>),
});
const entry = fc.record({ sealed, submittedBy: fc.option(text, { nil: undefined }) });
const group = fc.record({ agentId: text, sessionId: text, entries: fc.array(entry, { minLength: 1, maxLength: 5 }) });

describe('the batch that is sent', () => {
  it('is canonical JSON of the groups, each event with who submitted it where that is known', () => {
    fc.assert(
      fc.property(fc.array(group, { minLength: 1, maxLength: 5 }), (groups) => {
        const expected = {
          v: 1,
          groups: groups.map(({ agentId, sessionId, entries }) => ({
            agent_id: agentId,
            session_id: sessionId,
            events: entries.map(({ sealed: event, submittedBy }) => ({ ...event, submitted_by: submittedBy })),
          })),
        };
        const written = writeBatch(
          groups.map(({ entries, ...lane }) => ({
            lane,
            entries: entries.map(({ sealed: event, submittedBy }) => ({
              seal: { ...event, text: canonicalize(event) },
              submittedBy,
            })),
          })) as unknown as Group[],
        );
        assert.equal(Buffer.from(written).toString(), canonicalize(expected as unknown as JsonValue));
      }),
    );
  });

  it('holds nothing that was not sealed', () => {
    const unsealed = { lane: { agentId: 'a', sessionId: 's' }, entries: [{ seal: undefined }] };
    assert.throws(() => writeBatch([unsealed as unknown as Group]), /before it was sealed/);
  });
});
