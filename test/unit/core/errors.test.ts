import assert from 'node:assert/strict';
import { AuditError, ERRORS, isErrorCode } from '../../../core/index.js';
import type { Fault } from '../../../core/index.js';

describe('refusals', () => {
  const faults: Fault[] = [
    { code: 'NOT_OWNER', detail: 'the session belongs to PartnerMSP' },
    { code: 'INVALID_EVENT', detail: 'no', errors: [{ pointer: '/events/0/timestamp', detail: 'no time' }] },
  ];
  for (const fault of faults) {
    it(`travel as JSON and arrive as the same refusal: ${fault.code}`, () => {
      const arrived = AuditError.fromFault(JSON.parse(JSON.stringify(fault)) as Fault);
      assert.ok(arrived instanceof Error);
      assert.equal(arrived.code, fault.code);
      assert.equal(arrived.message, fault.detail);
      assert.deepEqual(arrived.toFault(), fault);
    });
  }

  it('have only codes of the registry', () => {
    assert.ok(isErrorCode('NOT_OWNER'));
    for (const other of ['toString', 'constructor', '', 'not_owner', 7, undefined]) assert.ok(!isErrorCode(other));
  });

  it('have statuses of HTTP errors, and are retryable only where the network or the load is the reason', () => {
    for (const [code, { status, retryable }] of Object.entries(ERRORS)) {
      assert.ok(status >= 400 && status <= 599, code);
      if (retryable) assert.ok(status === 409 || status === 429 || status >= 500, code);
    }
  });
});
