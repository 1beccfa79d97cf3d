import assert from 'node:assert/strict';
import { status } from '@grpc/grpc-js';
import { describe, it } from 'mocha';
import { AuditError } from '../../../core/index.js';
import { toAuditError } from '../../../gateway/fabric/faults.js';
import { gatewayError } from '../../support/gateway-error.js';

const CONFLICT = { code: 'ID_CONFLICT', detail: 'in use', errors: [{ pointer: '/core/event_id', detail: 'in use' }] };

describe("a peer's errors", () => {
  it("become the contract's own fault, whichever peer tells it", () => {
    const wrapped = `chaincode response 500, ${JSON.stringify(CONFLICT)}`;
    for (const messages of [[wrapped], ['something else', wrapped]]) {
      const error = toAuditError(gatewayError(status.ABORTED, ...messages));
      assert.deepEqual(error.toFault(), CONFLICT);
    }
  });

  it('are the network’s where they carry no fault that is known', () => {
    for (const message of [
      'chaincode response 500, {"code":"MADE_UP","detail":"x"}',
      'chaincode response 500, {',
      'chaincode response 500, secret stack at /x:1:1',
    ]) {
      const error = toAuditError(gatewayError(status.UNKNOWN, message));
      assert.equal(error.code, 'ENDORSEMENT_FAILED');
      assert.doesNotMatch(error.message, /secret|MADE_UP/);
    }
  });

  it('say that the ledger is not there where it is not', () => {
    for (const code of [status.UNAVAILABLE, status.DEADLINE_EXCEEDED]) {
      assert.equal(toAuditError(gatewayError(code)).code, 'LEDGER_UNAVAILABLE');
    }
  });

  it('are passed on where they are refusals already, and kept back where nobody knows them', () => {
    const refusal = new AuditError('NOT_FOUND', 'x');
    assert.equal(toAuditError(refusal), refusal);
    assert.equal(toAuditError(new TypeError('secret')).message, 'The ledger client failed.');
  });
});
