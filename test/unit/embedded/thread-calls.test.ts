import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { status } from '@grpc/grpc-js';
import { EndorseError, GatewayError } from '@hyperledger/fabric-gateway';
import { gateway as gatewayProtos, msp } from '@hyperledger/fabric-protos';
import { callDirectly } from '../../../gateway/fabric/direct-client.js';
import { startNetworkThread } from '../../../network/embedded/thread/index.js';
import type { NetworkThread } from '../../../network/embedded/thread/index.js';
import { checkLedger } from '../../support/check-ledger.js';
import { CHANNEL, connectClient, newDataDir, PROBE_CHAINCODE, text } from '../../support/probe-network.js';
import type { ProbeClient } from '../../support/probe-network.js';

const SOON_MS = 100;

describe('embedded network: calls from the process that it is in', function () {
  this.timeout(30_000);
  const dataDir = newDataDir();
  let network: NetworkThread;
  let direct: ProbeClient;
  let overGrpc: ProbeClient;

  before(async () => {
    network = await startNetworkThread({
      dataDir,
      chaincodePackageDir: PROBE_CHAINCODE,
      onFailure: (error) => {
        throw error;
      },
    });
    const profile = network.profiles['operator'] ?? '';
    [direct, overGrpc] = [connectClient(profile), connectClient(profile)];
    callDirectly(direct.grpc, callsOf('operator'));
  });
  after(async () => {
    direct.close();
    overGrpc.close();
    await network.close();
    await checkLedger(dataDir);
    rmSync(dataDir, { recursive: true });
  });

  function callsOf(organization: string): NetworkThread['calls'][string] {
    const calls = network.calls[organization];
    assert.ok(calls);
    return calls;
  }

  it('are endorsed, committed and read like those over gRPC', async () => {
    assert.equal(direct.grpc.getChannel().getConnectivityState(false), 0, 'nothing has used the connection');
    await direct.contract.submitTransaction('Put', 'direct', '1');
    await overGrpc.contract.submitTransaction('Put', 'over gRPC', '2');
    assert.equal(text(await overGrpc.contract.evaluateTransaction('Get', 'direct')), '1');
    assert.equal(text(await direct.contract.evaluateTransaction('Get', 'over gRPC')), '2');
    assert.equal(direct.grpc.getChannel().getConnectivityState(false), 0);
  });

  it('side by side get their own answers', async () => {
    const keys = Array.from({ length: 50 }, (_, index) => `side ${index}`);
    await Promise.all(keys.map((key) => direct.contract.submitTransaction('Put', key, `of ${key}`)));
    const values = await Promise.all(keys.map((key) => direct.contract.evaluateTransaction('Get', key)));
    assert.deepEqual(
      values.map(text),
      keys.map((key) => `of ${key}`),
    );
  });

  it('fail with the code, the words and the details that gRPC carries', async () => {
    const faultOf = async ({ contract }: ProbeClient, call: 'submitTransaction' | 'evaluateTransaction') => {
      const error: unknown = await contract[call]('Fail', 'not today').then(
        () => undefined,
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof GatewayError);
      const { code, message, details } = error;
      return { code, message, details, isEndorseError: error instanceof EndorseError };
    };
    for (const call of ['submitTransaction', 'evaluateTransaction'] as const) {
      const fault = await faultOf(direct, call);
      assert.match(JSON.stringify(fault.details), /not today/);
      assert.deepEqual(fault, await faultOf(overGrpc, call));
    }
  });

  it('end at their deadline', async () => {
    const proposal = direct.contract.newProposal('Put', { arguments: ['never submitted', '1'] });
    const commit = direct.gateway.newCommit(signedStatusRequest(proposal.getTransactionId()));
    await assert.rejects(commit.getStatus({ deadline: Date.now() + SOON_MS }), { code: status.DEADLINE_EXCEEDED });
  });

  it('are of the gateway service only', async () => {
    const call = callsOf('operator')('/gateway.Gateway/Nothing', new Uint8Array(), Date.now() + SOON_MS);
    await assert.rejects(call, { code: status.UNIMPLEMENTED });
    const malformed = callsOf('operator')('/gateway.Gateway/Evaluate', Buffer.from('no message'), Date.now() + SOON_MS);
    await assert.rejects(malformed, { code: status.INTERNAL });
  });

  it('are refused by a network that is gone', async () => {
    const dir = newDataDir();
    const other = await startNetworkThread({
      dataDir: dir,
      chaincodePackageDir: PROBE_CHAINCODE,
      onFailure: () => undefined,
    });
    const call = other.calls['partner'];
    assert.ok(call);
    await other.close();
    rmSync(dir, { recursive: true });
    await assert.rejects(call('/gateway.Gateway/Evaluate', new Uint8Array(), Date.now() + 10_000), {
      code: status.UNAVAILABLE,
    });
  });

  function signedStatusRequest(txId: string): Uint8Array {
    const identity = new msp.SerializedIdentity();
    identity.setMspid(direct.identity.mspId);
    identity.setIdBytes(direct.identity.credentials);
    const request = new gatewayProtos.CommitStatusRequest();
    request.setChannelId(CHANNEL);
    request.setTransactionId(txId);
    request.setIdentity(identity.serializeBinary());
    const signed = new gatewayProtos.SignedCommitStatusRequest();
    signed.setRequest(request.serializeBinary());
    return signed.serializeBinary();
  }
});
