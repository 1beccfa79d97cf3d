import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import type { ConsortiumDefinition } from '../../../network/definition/index.js';
import { loadDefinition } from '../../../network/definition/index.js';
import { peer } from '@hyperledger/fabric-protos';
import { checkLedger } from '../../support/check-ledger.js';
import { newDataDir, startProbeNetwork, stopProbeNetwork, text } from '../../support/probe-network.js';
import type { ProbeNetwork } from '../../support/probe-network.js';

const { QueryChaincodeDefinitionArgs, QueryChaincodeDefinitionResult } = peer.lifecycle;

describe('embedded network: a new definition of the chaincode', () => {
  const before = loadDefinition();
  const [collection] = before.chaincode.collections;
  assert.ok(collection);
  const after: ConsortiumDefinition = {
    ...before,
    chaincode: {
      ...before.chaincode,
      version: '2',
      endorsementPolicy: "OR('OperatorMSP.peer', 'PartnerMSP.peer')",
      collections: [...before.chaincode.collections, { ...collection, name: 'strangers' }],
    },
  };

  const definitionOf = async ({ operator }: ProbeNetwork) => {
    const args = new QueryChaincodeDefinitionArgs();
    args.setName('audit');
    const lifecycle = operator.gateway.getNetwork('audit').getContract('_lifecycle');
    const answer = await lifecycle.evaluateTransaction('QueryChaincodeDefinition', args.serializeBinary());
    const result = QueryChaincodeDefinitionResult.deserializeBinary(answer);
    return { sequence: result.getSequence(), version: result.getVersion() };
  };

  it('becomes the next sequence, keeps the state, and each block is verified by the definition of its time', async function () {
    this.timeout(60_000);
    const dataDir = newDataDir();
    const first = await startProbeNetwork(dataDir, { definition: before });
    await first.operator.contract.submitTransaction('Put', 'kept', 'from before');
    assert.equal((await definitionOf(first)).sequence, 1);
    await assert.rejects(first.operator.contract.submitTransaction('PutStranger', 'key'));
    await stopProbeNetwork(first);

    const second = await startProbeNetwork(dataDir, { definition: after });
    assert.deepEqual(await definitionOf(second), { sequence: 2, version: '2' });
    assert.equal(text(await second.operator.contract.evaluateTransaction('Get', 'kept')), 'from before');
    await second.operator.contract.submitTransaction('PutStranger', 'key');
    await second.operator.contract.submit('Put', { arguments: ['alone', '1'], endorsingOrganizations: ['PartnerMSP'] });
    await stopProbeNetwork(second);

    // What the second policy allows would not satisfy the first, which is handed in here.
    await checkLedger(dataDir, before);
    const third = await startProbeNetwork(dataDir, { definition: after });
    assert.equal((await definitionOf(third)).sequence, 2);
    await stopProbeNetwork(third);
    rmSync(dataDir, { recursive: true });
  });

  it('may name a policy of the channel: a majority of the organizations', async function () {
    this.timeout(60_000);
    const dataDir = newDataDir();
    const endorsementPolicy = '/Channel/Application/Endorsement';
    const definition = { ...before, chaincode: { ...before.chaincode, endorsementPolicy } };
    const probe = await startProbeNetwork(dataDir, { definition });
    const submit = async (...endorsingOrganizations: string[]): Promise<number> => {
      const options = { arguments: ['key', '1'], endorsingOrganizations };
      const transaction = await probe.operator.contract.newProposal('Put', options).endorse();
      return (await (await transaction.submit()).getStatus()).code;
    };
    assert.equal(await submit('OperatorMSP'), peer.TxValidationCode.ENDORSEMENT_POLICY_FAILURE);
    assert.equal(await submit('OperatorMSP', 'AuditorMSP'), peer.TxValidationCode.VALID);
    await stopProbeNetwork(probe);
    // Read from the ledger: what is handed in here asks for two of three, too, but spells it out.
    await checkLedger(dataDir, before);
    rmSync(dataDir, { recursive: true });
  });
});
