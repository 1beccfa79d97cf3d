import assert from 'node:assert/strict';
import { status } from '@grpc/grpc-js';
import { CommitError, EndorseError, GatewayError } from '@hyperledger/fabric-gateway';
import { describe, it } from 'mocha';
import type { Members } from './client.js';

export function errorConformance(members: () => Members): void {
  describe('errors', () => {
    const failed = async (call: Promise<unknown>): Promise<GatewayError> => {
      const error = await call.then(
        () => assert.fail('it did not fail'),
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof GatewayError, String(error));
      return error;
    };

    it('of the contract reach who submits, with peer and organization', async () => {
      const error = await failed(members().operator.contract.submitTransaction('Fail', 'told so'));
      assert.ok(error instanceof EndorseError);
      assert.equal(error.code, status.ABORTED);
      const [detail] = error.details;
      assert.match(detail?.message ?? '', /^chaincode response 500, told so$/);
      assert.match(detail?.mspId ?? '', /^(Operator|Partner|Auditor)MSP$/);
      assert.match(detail?.address ?? '', /:\d+$/);
    });

    it('of the contract reach who evaluates', async () => {
      const error = await failed(members().operator.contract.evaluateTransaction('Fail', 'told so'));
      assert.equal(error.code, status.UNKNOWN);
      assert.match(error.details[0]?.message ?? '', /^chaincode response 500, told so$/);
    });

    it('tell that endorsers disagree', async () => {
      const error = await failed(members().operator.contract.submitTransaction('Random', 'differs'));
      assert.equal(error.code, status.ABORTED);
      assert.ok(error.details.some(({ message }) => message.includes('ProposalResponsePayloads do not match')));
    });

    it('tell the code of a commit that failed', async () => {
      const { contract } = members().operator;
      const call = contract.submit('Put', { arguments: ['alone', '1'], endorsingOrganizations: ['OperatorMSP'] });
      const error = await call.then(
        () => assert.fail('it did not fail'),
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof CommitError);
      assert.equal(error.code, 10);
      assert.match(error.transactionId, /^[0-9a-f]{64}$/);
    });

    it('name the chaincode that is not there', async () => {
      const { network } = members().operator;
      const other = network.getContract('nobody');
      assert.equal((await failed(other.evaluateTransaction('Get', 'x'))).code, status.FAILED_PRECONDITION);
      assert.equal((await failed(other.submitTransaction('Put', 'x', '1'))).code, status.FAILED_PRECONDITION);
    });

    it('name an organization that has no peer', async () => {
      const { contract } = members().operator;
      const call = contract.submit('Put', { arguments: ['x', '1'], endorsingOrganizations: ['NobodyMSP'] });
      const error = await failed(call);
      assert.equal(error.code, status.UNAVAILABLE);
      assert.match(error.message, /NobodyMSP/);
    });

    it('refuse a channel that is not there', async () => {
      const elsewhere = members().operator.gateway.getNetwork('elsewhere').getContract('audit');
      assert.equal((await failed(elsewhere.evaluateTransaction('Get', 'x'))).code, status.UNAVAILABLE);
    });

    it('refuse writes behind a paged query', async () => {
      const { contract } = members().operator;
      const paged = await failed(contract.submitTransaction('PageThenPut', 'x'));
      assert.match(paged.details[0]?.message ?? '', /Writes are not allowed/);
    });

    it('refuse a collection that is not defined', async () => {
      const { contract } = members().operator;
      const error = await failed(contract.submitTransaction('PutStranger', 'x'));
      assert.match(error.details[0]?.message ?? '', /strangers/);
    });
  });
}
