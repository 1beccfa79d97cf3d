import assert from 'node:assert/strict';
import { formatLocator } from '../../core/index.js';
import type { LifecycleEntry } from '../../core/index.js';
import { useConsortium } from './consortium.js';
import { chain, events, newSession, record } from './sessions.js';

describe('the history of an event', () => {
  const consortium = useConsortium();
  const session = newSession();
  const locator = formatLocator({ ...session, seq: 1 });
  const sibling = formatLocator({ ...session, seq: 2 });
  const attested: LifecycleEntry[] = [];

  before(async () => {
    await record(consortium().operator, [
      session,
      chain([{ event_id: `id-${session.session_id}` }, ...events(1)], session),
    ]);
    const { partner, auditor } = consortium();
    attested.push(await partner.attest(locator, { kind: 'confirmed' }));
    attested.push(await auditor.attest(locator, { kind: 'disputed', reason: 'no approval', submitted_by: 'ann' }));
    attested.push(
      await partner.attest(`OperatorMSP~id-${session.session_id}`, {
        kind: 'reviewed',
        evidence_sha256: 'a'.repeat(64),
      }),
    );
    await auditor.attest(sibling, { kind: 'confirmed' });
  });

  it('starts with the recording and goes on with what organizations said of it', async () => {
    const history = await consortium().operator.readHistory(locator, { limit: 10 });
    assert.equal(history?.locator, locator);
    assert.deepEqual(history.recording, await consortium().operator.readEvent(locator));
    assert.equal(history.record_versions, 1);
    assert.deepEqual(history.entries, attested);
    assert.equal(history.next_cursor, undefined);
    assert.deepEqual(
      history.entries.map(({ kind, recorded_by }) => [kind, recorded_by.msp_id]),
      [
        ['confirmed', 'PartnerMSP'],
        ['disputed', 'AuditorMSP'],
        ['reviewed', 'PartnerMSP'],
      ],
    );
  });

  it('comes in pages', async () => {
    const { operator } = consortium();
    const first = await operator.readHistory(locator, { limit: 2 });
    assert.deepEqual(first?.entries, attested.slice(0, 2));
    assert.ok(first.next_cursor);
    const second = await operator.readHistory(locator, { limit: 2, cursor: first.next_cursor });
    assert.deepEqual(second, { locator, entries: attested.slice(2) });
  });

  it('takes no cursor of another event', async () => {
    const { operator } = consortium();
    const page = await operator.readHistory(locator, { limit: 1 });
    assert.ok(page?.next_cursor);
    const { next_cursor: cursor } = page;
    await assert.rejects(operator.readHistory(sibling, { limit: 1, cursor }), { code: 'INVALID_CURSOR' });
    await assert.rejects(operator.readHistory(locator, { limit: 1, cursor: `${cursor}x` }), { code: 'INVALID_CURSOR' });
    await assert.rejects(operator.readHistory(locator, { limit: 1, cursor: '{}' }), { code: 'INVALID_CURSOR' });
  });

  it('tells of an attestation in a chaincode event', async () => {
    const [entry] = attested;
    const { notice } = (await consortium().auditor.findTransaction(entry?.tx_id ?? '')) ?? {};
    assert.equal(notice?.name, 'EventAttested');
    const payload: unknown = JSON.parse(Buffer.from(notice.payload).toString());
    assert.deepEqual(payload, { v: 1, locator, kind: 'confirmed', by: 'PartnerMSP' });
  });

  it('has no place for what was never recorded', async () => {
    const absent = formatLocator({ ...session, seq: 3 });
    await assert.rejects(consortium().partner.attest(absent, { kind: 'confirmed' }), { code: 'NOT_FOUND' });
  });
});
