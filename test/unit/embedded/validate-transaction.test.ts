import assert from 'node:assert/strict';
import { common, gateway, ledger, peer } from '@hyperledger/fabric-protos';
import { hash } from '@hyperledger/fabric-gateway';
import { chaincodeDefinition } from '../../../network/embedded/channel-definition.js';
import { validateTransaction, type ValidationRules } from '../../../network/embedded/committer/validate-transaction.js';
import { loadMaterial } from '../../../network/embedded/data-dir.js';
import { ValidationCode } from '../../../network/embedded/ledger/types.js';
import { ChannelMembership } from '../../../network/embedded/msp/membership.js';
import { loadDefinition } from '../../../network/definition/index.js';
import { ReceivedEnvelope } from '../../../network/embedded/wire/received-envelope.js';
import { useProbeNetwork } from '../../support/probe-network.js';

describe('embedded network: flags that the validator gives', () => {
  const probe = useProbeNetwork();
  let rules: ValidationRules;
  let envelope: common.Envelope;

  before(async () => {
    const definition = loadDefinition();
    const { organizations, orderer } = loadMaterial(probe().dataDir, definition);
    const membership = new ChannelMembership([...organizations, orderer]);
    const applicationMspIds = organizations.map(({ mspId }) => mspId);
    const chaincode = chaincodeDefinition(definition);
    rules = { channelId: definition.channel, chaincode, membership, applicationMspIds };
    const transaction = await probe()
      .operator.contract.newProposal('Put', { arguments: ['a', '1'] })
      .endorse();
    envelope =
      gateway.PreparedTransaction.deserializeBinary(transaction.getBytes()).getEnvelope() ?? new common.Envelope();
  });

  const flagOf = (bytes: Uint8Array): ValidationCode => validateTransaction(new ReceivedEnvelope(bytes), rules).code;

  /** The flag of the transaction after a change, signed by its creator after it. */
  const flagAfter = async (change: (parts: Parts) => void): Promise<ValidationCode> => {
    const changed = changedEnvelope(envelope, change);
    changed.setSignature(await probe().operator.sign(hash.sha256(changed.getPayload_asU8())));
    return flagOf(changed.serializeBinary());
  };

  it('VALID for what was endorsed', async () => {
    assert.equal(await flagAfter(() => undefined), ValidationCode.VALID);
  });

  it('NIL_ENVELOPE and BAD_PAYLOAD for what is none', () => {
    assert.equal(flagOf(new Uint8Array()), ValidationCode.NIL_ENVELOPE);
    assert.equal(flagOf(Buffer.from('ffff', 'hex')), ValidationCode.BAD_PAYLOAD);
  });

  it('BAD_CREATOR_SIGNATURE for an envelope that its creator has not signed', () => {
    const unsigned = changedEnvelope(envelope, () => undefined);
    unsigned.setSignature(Buffer.from('3006020101020101', 'hex'));
    assert.equal(flagOf(unsigned.serializeBinary()), ValidationCode.BAD_CREATOR_SIGNATURE);
  });

  const changes: [keyof typeof ValidationCode, string, (parts: Parts) => void][] = [
    ['BAD_COMMON_HEADER', 'another epoch', ({ channelHeader }) => channelHeader.setEpoch(1)],
    [
      'UNSUPPORTED_TX_PAYLOAD',
      'a configuration',
      ({ channelHeader }) => channelHeader.setType(common.HeaderType.CONFIG),
    ],
    ['BAD_PROPOSAL_TXID', 'another transaction id', ({ channelHeader }) => channelHeader.setTxId('ab'.repeat(32))],
    [
      'INVALID_ENDORSER_TRANSACTION',
      'headers other than those endorsed',
      ({ channelHeader }) => channelHeader.setVersion(7),
    ],
    ['INVALID_ENDORSER_TRANSACTION', 'two actions', (parts) => (parts.copies = 2)],
    ['ENDORSEMENT_POLICY_FAILURE', 'one endorsement', (parts) => parts.endorsements.splice(1)],
    [
      'ENDORSEMENT_POLICY_FAILURE',
      'the same endorsement three times',
      (parts) => parts.endorsements.fill(first(parts)),
    ],
    [
      'ENDORSEMENT_POLICY_FAILURE',
      'writes that were not endorsed',
      ({ rwset }) => written(rwset).setRwset(new Uint8Array()),
    ],
    ['INVALID_CHAINCODE', 'writes of another chaincode', ({ rwset }) => written(rwset).setNamespace('other')],
    ['ILLEGAL_WRITESET', 'a namespace twice', ({ rwset }) => written(rwset).setNamespace('_lifecycle')],
    [
      'INVALID_CHAINCODE',
      'writes to the definition',
      ({ rwset }) => rwset.getNsRwsetList()[0]?.setRwset(written(rwset).getRwset()),
    ],
    ['BAD_RWSET', 'writes that are none', (parts) => (parts.results = Buffer.from('ffff', 'hex'))],
  ];
  for (const [code, what, change] of changes) {
    it(`${code} for ${what}`, async () => {
      assert.equal(await flagAfter(change), ValidationCode[code]);
    });
  }
});

/** A transaction taken apart to be changed. */
interface Parts {
  channelHeader: common.ChannelHeader;
  endorsements: peer.Endorsement[];
  rwset: ledger.rwset.TxReadWriteSet;
  /** Replaces the read-write set. */
  results?: Uint8Array;
  /** How many actions the transaction gets. */
  copies: number;
}

function first<Item>({ endorsements: [item] }: { endorsements: Item[] }): Item {
  assert.ok(item);
  return item;
}

/** The chaincode's own part; the one before it is the definition's sequence, which every transaction reads. */
function written(rwset: ledger.rwset.TxReadWriteSet): ledger.rwset.NsReadWriteSet {
  return rwset.getNsRwsetList().at(-1) ?? assert.fail();
}

function changedEnvelope(original: common.Envelope, change: (parts: Parts) => void): common.Envelope {
  const payload = common.Payload.deserializeBinary(original.getPayload_asU8());
  const header = payload.getHeader() ?? new common.Header();
  const transaction = peer.Transaction.deserializeBinary(payload.getData_asU8());
  const action = first({ endorsements: transaction.getActionsList() });
  const actionPayload = peer.ChaincodeActionPayload.deserializeBinary(action.getPayload_asU8());
  const endorsed = actionPayload.getAction() ?? new peer.ChaincodeEndorsedAction();
  const response = peer.ProposalResponsePayload.deserializeBinary(endorsed.getProposalResponsePayload_asU8());
  const chaincodeAction = peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8());
  const parts: Parts = {
    channelHeader: common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8()),
    endorsements: endorsed.getEndorsementsList(),
    rwset: ledger.rwset.TxReadWriteSet.deserializeBinary(chaincodeAction.getResults_asU8()),
    copies: 1,
  };
  change(parts);
  header.setChannelHeader(parts.channelHeader.serializeBinary());
  chaincodeAction.setResults(parts.results ?? parts.rwset.serializeBinary());
  response.setExtension$(chaincodeAction.serializeBinary());
  endorsed.setProposalResponsePayload(response.serializeBinary());
  endorsed.setEndorsementsList(parts.endorsements);
  action.setPayload(actionPayload.serializeBinary());
  transaction.setActionsList(Array.from({ length: parts.copies }, () => action));
  payload.setHeader(header);
  payload.setData(transaction.serializeBinary());
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  return envelope;
}
