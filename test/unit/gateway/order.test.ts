import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { formatLocator, postedEvent, sealEvent } from '../../../core/index.js';
import type { EventView } from '../../../core/index.js';
import { buildDecisionPath } from '../../../gateway/sessions/decision-path.js';
import { mergeChains } from '../../../gateway/sessions/order.js';
import { References } from '../../../gateway/sessions/references.js';

/** Per chain, per event: its second, and perhaps the chain and place of its parent. */
const story = fc.array(
  fc.array(fc.record({ second: fc.nat(59), parent: fc.option(fc.tuple(fc.nat(2), fc.nat(5))) }), {
    minLength: 1,
    maxLength: 6,
  }),
  { minLength: 1, maxLength: 3 },
);
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

describe('the order of a session', () => {
  it('holds every event once and every chain as it is', () => {
    fc.assert(
      fc.property(story, (chosen) => {
        const chains = build(chosen);
        const merged = mergeChains(chains, new References(chains.flat()));
        assert.equal(merged.length, chains.flat().length);
        for (const chain of chains) {
          const own = merged.filter(({ core }) => core.agent_id === chain[0]?.core.agent_id);
          assert.deepEqual(
            own.map(({ core }) => core.seq),
            chain.map(({ core }) => core.seq),
          );
        }
      }),
    );
  });

  it('puts no event before its parent where agents do not name each other in a circle', () => {
    fc.assert(
      fc.property(story, (chosen) => {
        // Parents only in chains before the event's own: then no circle is possible.
        const acyclic = chosen.map((chain, index) =>
          chain.map(({ second, parent }) => ({ second, parent: parent && parent[0] < index ? parent : null })),
        );
        const chains = build(acyclic);
        const references = new References(chains.flat());
        const merged = mergeChains(chains, references);
        for (const [place, event] of merged.entries()) {
          const parent = references.find(event, event.core.parent_event_id);
          if (parent) assert.ok(merged.indexOf(parent) < place);
        }
      }),
    );
  });

  it('comes to an end with agents that name each other in a circle', () => {
    const chains = build([[{ second: 1, parent: [1, 0] }], [{ second: 2, parent: [0, 0] }]]);
    const path = buildDecisionPath(
      's',
      chains.map((events) => ({ session: events[0]?.core ?? assert.fail(), open: true, events })),
    );
    assert.equal(path.steps.length, 2);
  });

  it('says which chain does not hold', () => {
    const [chain = []] = build([
      [
        { second: 1, parent: null },
        { second: 2, parent: null },
      ],
    ]);
    const [first, second] = chain;
    assert.ok(first && second);
    const session = { owner: 'OneMSP', agent_id: 'agent-0', session_id: 's' };
    const report = (events: EventView[]) => buildDecisionPath('s', [{ session, open: true, events }]).chains[0];
    assert.equal(report([first, second])?.intact, true);
    assert.equal(report([second])?.fault?.code, 'CHAIN_BROKEN');
    const altered = { ...second, core: { ...second.core, confidence: 0.1 } };
    assert.equal(report([first, altered])?.fault?.code, 'HASH_MISMATCH');
  });
});

function build(chosen: Story): EventView[][] {
  return chosen.map((chain, index) => {
    const events: EventView[] = [];
    for (const { second, parent } of chain) {
      const posted = postedEvent.parse({
        event_type: 'tool_call',
        timestamp: new Date(second * 1000).toISOString(),
        agent_id: `agent-${index}`,
        session_id: 's',
        ...(parent && { parent_event_id: `OneMSP~agent-${parent[0]}~s~${parent[1] + 1}` }),
      });
      const place = { owner: 'OneMSP', seq: events.length + 1, prevHash: events.at(-1)?.hash ?? '0'.repeat(64) };
      const { core, hash } = sealEvent(posted, place, () => '00'.repeat(16));
      const recorded_by = { msp_id: 'OneMSP', certificate_sha256: '' };
      events.push({
        locator: formatLocator(core),
        hash,
        core,
        recorded_at: '',
        recorded_by,
        tx_id: '',
        payload: 'none',
      });
    }
    return events;
  });
}
