import assert from 'node:assert/strict';
import { LIMITS, TRANSACTIONS } from '../../core/index.js';
import { toAuditError } from '../../gateway/fabric/faults.js';
import { useConsortium } from './consortium.js';
import { batchOf, chain, events, newSession } from './sessions.js';

const { attestEvent, queryEvents, querySessions, readHeads, readHistory, readSession, recordEvents } = TRANSACTIONS;

describe('malformed calls', () => {
  const consortium = useConsortium();
  const contract = () => consortium().raw.getNetwork('audit').getContract('audit');

  async function refusal(name: string, args: string[], transient: Record<string, string | Uint8Array> = {}) {
    try {
      await contract().newProposal(name, { arguments: args, transientData: transient }).endorse();
    } catch (error) {
      const { code, errors } = toAuditError(error);
      return { code, pointers: errors.map(({ pointer }) => pointer) };
    }
    return assert.fail(`${name} took ${args.join()}`);
  }

  it('are refused where an argument is not strict JSON', async () => {
    const cases = [
      ['', 'MALFORMED_JSON'],
      ['{"limit":1', 'MALFORMED_JSON'],
      ['{"limit":1,"limit":2}', 'DUPLICATE_KEY'],
      ['{"limit":9007199254740993}', 'INEXACT_NUMBER'],
      ['{"__proto__":{}}', 'UNSAFE_KEY'],
      ['{"agent_id":"\\ud800"}', 'LONE_SURROGATE'],
      [`${'['.repeat(200)}${']'.repeat(200)}`, 'TOO_DEEP'],
    ] as const;
    for (const [text, code] of cases) assert.equal((await refusal(queryEvents, [text])).code, code, text);
  });

  it('are refused with a pointer to each field that does not fit', async () => {
    const cases: [string, string[], string[]][] = [
      [queryEvents, ['{"limit":0,"order":"up"}'], ['/order', '/limit']],
      [queryEvents, ['{"from":"yesterday"}'], ['/from']],
      [queryEvents, ['{"agent":"a"}'], ['']],
      [querySessions, ['{"open":"yes"}'], ['/open']],
      [readHistory, ['own', '{"limit":"10"}'], ['/limit']],
      [readHeads, ['[{"owner":"o"}]'], ['/0/agent_id', '/0/session_id']],
      [readSession, ['{"owner":"o","agent_id":"a","session_id":"s"}', '{"from_seq":0,"limit":1}'], ['/from_seq']],
      [attestEvent, ['own', '{"kind":"liked"}'], ['/kind']],
    ];
    for (const [name, args, pointers] of cases) {
      assert.deepEqual(await refusal(name, args), { code: 'INVALID_REQUEST', pointers }, args.join());
    }
  });

  it('are refused where the batch is missing, unreadable or too large', async () => {
    const options = ['{"atomic":false}'];
    const cases: [string, string | Uint8Array | undefined][] = [
      ['INVALID_REQUEST', undefined],
      ['INVALID_REQUEST', '{"v":2,"groups":[]}'],
      ['MALFORMED_JSON', Uint8Array.of(0x22, 0xff, 0x22)],
      ['TOO_LARGE', ' '.repeat(LIMITS.batchBytes + 1)],
    ];
    for (const [code, batch] of cases) {
      assert.equal((await refusal(recordEvents, options, batch === undefined ? {} : { batch })).code, code);
    }
  });

  it('are refused where a session stands in two groups, or too many events in one transaction', async () => {
    const [session, other] = [newSession(), newSession()];
    const [first, second] = chain(events(2), session);
    assert.ok(first && second);
    const twice = batchOf([session, [first]], [session, [second]]);
    const half = LIMITS.eventsPerRequest / 2;
    const tooMany = batchOf([session, chain(events(half), session)], [other, chain(events(half + 1), other)]);
    const options = ['{"atomic":false}'];
    const refusals = await Promise.all(
      [twice, tooMany].map((batch) => refusal(recordEvents, options, { batch: JSON.stringify(batch) })),
    );
    assert.deepEqual(refusals, [
      { code: 'INVALID_REQUEST', pointers: ['/groups/1'] },
      { code: 'TOO_LARGE', pointers: ['/groups'] },
    ]);
  });

  it('are refused where an event has a field that no version knows', async () => {
    const session = newSession();
    const batch = batchOf([session, chain(events(1), session)]);
    const [event] = batch.groups[0]?.events ?? [];
    Object.assign(event?.core ?? {}, { colour: 'red' });
    assert.deepEqual(await refusal(recordEvents, ['{"atomic":false}'], { batch: JSON.stringify(batch) }), {
      code: 'INVALID_REQUEST',
      pointers: ['/groups/0/events/0/core'],
    });
  });

  it('are refused where there is no such transaction', async () => {
    assert.equal((await refusal('DeleteEvent', ['own'])).code, 'INVALID_REQUEST');
  });
});
