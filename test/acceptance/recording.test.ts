import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { canonicalize, CHAIN_START, hashCore, postedEvent, sealEvent, verifyOpenings } from '../../core/index.js';
import type { CommittedField, JsonValue, Openings, SealedEvent } from '../../core/index.js';
import type { BatchAnswer } from '../../gateway/routes/batch-answer.js';
import type { Receipt } from '../../gateway/intake/receipt.js';
import type { StoredEvent } from '../../gateway/routes/stored-event.js';
import { useGateways } from '../support/consortium.js';
import { chainOf, newEvent, newSession } from '../support/events.js';

const MSP_IDS = ['AuditorMSP', 'OperatorMSP', 'PartnerMSP'];
const salt = () => '00112233445566778899aabbccddeeff';

describe('recording', () => {
  const gateways = useGateways();

  it('answers one event with its receipt and place', async () => {
    const { operator } = gateways();
    const answer = await operator.post('/v1/events', newEvent({ session_id: 'first' }));
    const receipt = answer.json() as Receipt;
    assert.equal(answer.status, 201);
    assert.equal(answer.headers.get('location'), '/v1/events/OperatorMSP~support-bot~first~1');
    assert.deepEqual(receipt.endorsed_by, MSP_IDS);
    assert.equal(receipt.seq, 1);
    assert.match(receipt.tx_id, /^[0-9a-f]{64}$/);
    assert.ok(receipt.block_number > 0);
  });

  it('gives every value back as it was posted, provably, to every organization', async () => {
    const { operator, partner, level } = gateways();
    const posted = newEvent({ metadata: { a: null, b: '', c: [], d: 1e-7 }, error: { type: 'late', message: 'slow' } });
    const { locator, hash } = await operator.record(posted);
    await level();
    const stored = (await partner.read(`/v1/events/${locator}?include=payload`)) as StoredEvent;
    assert.equal(canonicalize(stored.event as JsonValue), canonicalize(postedEvent.parse(posted) as JsonValue));
    const { core, salts } = stored.proof ?? assert.fail('no proof');
    assert.equal(hashCore(core), hash);
    verifyOpenings(core, openingsOf(stored, salts));
  });

  it('keeps committed values out of an answer that did not ask for them', async () => {
    const { operator } = gateways();
    const { locator } = await operator.record(newEvent({ input: 'secret-input' }));
    const answer = await operator.get(`/v1/events/${locator}`);
    assert.doesNotMatch(answer.text, /secret-input/);
  });

  it('answers a repeat of an own id with the first receipt', async () => {
    const { operator } = gateways();
    const event = newEvent({ event_id: 'order-17' });
    const first = await operator.record(event);
    const repeat = await operator.post('/v1/events', event);
    assert.equal(repeat.status, 200);
    assert.deepEqual({ ...(repeat.json() as Receipt), status: 'recorded' }, first);
  });

  it('answers a batch event by event, in order, and one bad event blocks no other', async () => {
    const { operator } = gateways();
    const session_id = newSession();
    const events = [
      newEvent({ session_id, event_id: 'b-1' }),
      { nonsense: true },
      newEvent({ session_id }),
      newEvent({ session_id, event_id: 'b-1' }),
    ];
    const answer = await operator.post('/v1/events', { events });
    const { results, summary } = answer.json() as BatchAnswer;
    assert.equal(answer.status, 200);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['recorded', 'invalid', 'recorded', 'conflict'],
    );
    assert.equal(results[1]?.problem?.code, 'INVALID_EVENT');
    assert.equal(results[1].problem.errors?.[0]?.pointer, '/events/1/event_type');
    assert.deepEqual(summary, { total: 4, recorded: 2, duplicate: 0, conflict: 1, invalid: 1, unknown: 0 });
  });

  it('takes an event that stands twice in a batch for the repeat that it is', async () => {
    const event = newEvent({ event_id: 'twice' });
    const { results } = (
      await gateways().operator.post('/v1/events', { events: [event, event] })
    ).json() as BatchAnswer;
    assert.deepEqual(
      results.map(({ status }) => status),
      ['recorded', 'duplicate'],
    );
  });

  it('reads NDJSON line by line', async () => {
    const { operator } = gateways();
    const lines = [JSON.stringify(newEvent()), '', '{"broken', JSON.stringify(newEvent())].join('\n');
    const answer = await operator.request('POST', '/v1/events', lines, { 'content-type': 'application/x-ndjson' });
    const { results } = answer.json() as BatchAnswer;
    assert.deepEqual(
      results.map(({ status }) => status),
      ['recorded', 'invalid', 'recorded'],
    );
    assert.equal(results[1]?.problem?.code, 'MALFORMED_JSON');
  });

  it('records an atomic batch in one transaction, or nothing of it', async () => {
    const { operator } = gateways();
    await operator.record(newEvent({ event_id: 'taken' }));
    const good = await operator.post('/v1/events?atomic=true', { events: [newEvent(), newEvent(), newEvent()] });
    const { results } = good.json() as BatchAnswer;
    assert.equal(new Set(results.map(({ receipt }) => receipt?.tx_id)).size, 1);

    const session_id = newSession();
    const height = await operator.height();
    const conflict = [newEvent({ session_id }), newEvent({ event_id: 'taken', input: 'other' })];
    const refused = await operator.post('/v1/events?atomic=true', { events: conflict });
    assert.equal(refused.problem.code, 'ID_CONFLICT');
    assert.equal(refused.problem.errors?.[0]?.pointer, '/events/1');
    const invalid = await operator.post('/v1/events?atomic=true', { events: [newEvent({ session_id }), {}] });
    assert.equal(invalid.problem.code, 'INVALID_EVENT');
    assert.equal((await operator.get(`/v1/sessions/${chainOf(session_id)}`)).status, 404);
    assert.equal(await operator.height(), height);
  });

  it('repeats the first answer for an idempotency key', async () => {
    const { operator } = gateways();
    const event = newEvent();
    const first = await operator.record(event, { 'Idempotency-Key': 'k-1' });
    const repeat = await operator.post('/v1/events', event, { 'Idempotency-Key': 'k-1' });
    assert.equal(repeat.status, 200);
    assert.equal((repeat.json() as Receipt).locator, first.locator);
    const other = await operator.post('/v1/events', newEvent(), { 'Idempotency-Key': 'k-1' });
    assert.equal(other.problem.code, 'IDEMPOTENCY_CONFLICT');
  });

  it('records once what is posted twice at the same time under one key', async () => {
    const { operator } = gateways();
    const event = newEvent();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => operator.post('/v1/events', event, { 'Idempotency-Key': 'k-2' })),
    );
    assert.equal(new Set(answers.map((answer) => (answer.json() as Receipt).locator)).size, 1);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [...Array.from({ length: 19 }, () => 200), 201]);
  });

  it('passes on what an agent sealed itself, as it is', async () => {
    const { operator } = gateways();
    const sealed = sealedChain(newSession(), 2);
    const receipts = [await operator.record({ sealed: sealed[0] }), await operator.record({ sealed: sealed[1] })];
    assert.deepEqual(
      receipts.map(({ hash }) => hash),
      sealed.map(({ hash }) => hash),
    );
    const repeat = await operator.post('/v1/events', { sealed: sealed[0] });
    assert.equal(repeat.status, 200);
  });

  it('goes on with a session that its agent sealed, and the other way around', async () => {
    const { operator } = gateways();
    const session_id = newSession();
    const [first] = sealedChain(session_id, 1);
    await operator.record({ sealed: first });
    const second = await operator.record(newEvent({ session_id }));
    assert.equal(second.seq, 2);
    const third = sealEvent(
      postedEvent.parse(newEvent({ session_id })),
      { owner: 'OperatorMSP', seq: 3, prevHash: second.hash },
      salt,
    );
    assert.equal((await operator.record({ sealed: third })).seq, 3);
  });

  it('is read by its own id by its owner, and by owner~id by others', async () => {
    const { operator, auditor, level } = gateways();
    const { locator } = await operator.record(newEvent({ event_id: 'named' }));
    await level();
    assert.equal(((await operator.read('/v1/events/named')) as StoredEvent).locator, locator);
    assert.equal(((await auditor.read('/v1/events/OperatorMSP~named')) as StoredEvent).locator, locator);
    assert.equal((await auditor.get('/v1/events/named')).problem.code, 'NOT_FOUND');
  });

  it('makes each organization the owner of what its own gateway records', async () => {
    const { partner } = gateways();
    const receipt = await partner.record(newEvent({ session_id: 'first' }));
    assert.equal(receipt.owner, 'PartnerMSP');
  });
});

function sealedChain(session_id: string, length: number): SealedEvent[] {
  const chain: SealedEvent[] = [];
  for (let seq = 1; seq <= length; seq++) {
    const place = { owner: 'OperatorMSP', seq, prevHash: chain.at(-1)?.hash ?? CHAIN_START };
    chain.push(sealEvent(postedEvent.parse(newEvent({ session_id })), place, salt));
  }
  return chain;
}

function openingsOf({ event }: StoredEvent, salts: Record<string, string>): Openings {
  const { error, ...rest } = event;
  const values: Record<string, JsonValue | undefined> = {
    ...(rest as Record<string, JsonValue>),
    'error.message': error?.message,
  };
  return Object.fromEntries(
    (Object.keys(salts) as CommittedField[]).map((field) => [
      field,
      { salt: salts[field] ?? '', value: values[field] ?? null },
    ]),
  );
}
