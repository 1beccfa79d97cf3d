import assert from 'node:assert/strict';
import fc from 'fast-check';
import { z } from 'zod';
import { canonicalize, recordBatch, TRANSIENT_BATCH } from '../../../core/index.js';
import type { JsonValue, RecordBatch } from '../../../core/index.js';
import { readBatch } from '../../../chaincode/recording/read-batch.js';
import { posted, sealChain } from '../core/arbitraries.js';

/** What may stand beside a sealed event. */
const beside = fc.record(
  {
    signature: fc.constant({ key_id: 'k'.repeat(43), value: `${'A'.repeat(85)}A` }),
    submitted_by: fc.constantFrom('agent-runner', 'ü'),
  },
  { requiredKeys: [] },
);
const batch: fc.Arbitrary<RecordBatch> = fc
  .tuple(fc.array(posted, { minLength: 1, maxLength: 4 }), beside)
  .map(([events, more]) => ({
    v: 1,
    groups: [{ agent_id: 'agent', session_id: 'session', events: sealChain(events).map((e) => ({ ...e, ...more })) }],
  }));

const read = (text: string) => readBatch(new Map([[TRANSIENT_BATCH, Buffer.from(text)]]));

describe('the batch of a recording transaction', () => {
  it('is what the text says: the schema changes nothing of it', () => {
    fc.assert(
      fc.property(batch, (sent) => {
        const text = canonicalize(sent as unknown as JsonValue);
        const { batch: received } = read(text);
        assert.equal(canonicalize(received as unknown as JsonValue), text);
        assert.deepEqual(recordBatch.parse(received), received);
      }),
    );
  });

  it('is of a schema without defaults, and without objects that may hold more', () => {
    const [input, output] = (['input', 'output'] as const).map((io) =>
      z.toJSONSchema(recordBatch, { io, unrepresentable: 'any' }),
    );
    assert.deepEqual(input, output);
  });

  it('has the canonical JSON of what is hashed, in whatever form it was sent', () => {
    fc.assert(
      fc.property(batch, fc.boolean(), (sent, pretty) => {
        const text = pretty ? JSON.stringify(sent, null, 1) : canonicalize(sent as unknown as JsonValue);
        const { batch: received, texts } = read(text);
        for (const { core, openings } of received.groups.flatMap(({ events }) => events)) {
          assert.equal(texts.write(core as JsonValue).text, canonicalize(core as JsonValue));
          for (const { value } of Object.values(openings)) assert.equal(texts.write(value).text, canonicalize(value));
        }
      }),
    );
  });

  it('is refused with pointers where it does not fit the interface', () => {
    fc.assert(
      fc.property(batch, (sent) => {
        const [group] = sent.groups;
        const text = JSON.stringify({ ...sent, groups: [{ ...group, extra: 1 }] });
        assert.throws(() => read(text), {
          code: 'INVALID_REQUEST',
          errors: [{ pointer: '/groups/0', detail: 'Unrecognized key: "extra"' }],
        });
      }),
      { numRuns: 5 },
    );
  });
});
