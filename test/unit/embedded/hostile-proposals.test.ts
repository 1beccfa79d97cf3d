import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash, signers, type Proposal } from '@hyperledger/fabric-gateway';
import { common, gateway, peer } from '@hyperledger/fabric-protos';
import timestampPb from 'google-protobuf/google/protobuf/timestamp_pb.js';
import { loadDefinition } from '../../../network/definition/index.js';
import { createOrganization, loadOrganization } from '../../../network/identities/index.js';

import {
  connectClient,
  newDataDir,
  startProbeNetwork,
  stopProbeNetwork,
  useProbeNetwork,
  type ProbeClient,
} from '../../support/probe-network.js';

/** What goes into the signature header's and channel header's place of a proposal. */
interface Changes {
  timestamp?: Date;
  txId?: string;
  headerType?: number;
  epoch?: number;
  nonce?: Uint8Array;
}

describe('embedded network: proposals that a peer must refuse', () => {
  const probe = useProbeNetwork();
  const HOUR_MS = 3_600_000;

  const changed: [string, Changes, RegExp][] = [
    ['an hour old', { timestamp: new Date(Date.now() - HOUR_MS) }, /incorrect timestamp/],
    ['an hour ahead of time', { timestamp: new Date(Date.now() + HOUR_MS) }, /incorrect timestamp/],
    ['without a proper transaction id', { txId: 'ab'.repeat(32) }, /incorrectly computed txid/],
    ['with another nonce than its transaction id', { nonce: Buffer.alloc(24) }, /incorrectly computed txid/],
    ['without a nonce', { nonce: new Uint8Array() }, /nonce is empty/],
    ['of another type', { headerType: common.HeaderType.CONFIG_UPDATE }, /invalid header type/],
    ['of another epoch', { epoch: 1 }, /epoch is non-zero/],
  ];
  for (const [what, changes, message] of changed) {
    it(what, async () => {
      const client = probe().operator;
      await assertRefused(await propose(client, changes), message);
    });
  }

  it('signed by another key', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const client = { ...probe().operator, sign: signers.newPrivateKeySigner(privateKey) };
    await assertRefused(await propose(client, {}), /access denied: channel \[audit\] creator org \[OperatorMSP\]/);
  });

  it('changed after it was signed', async () => {
    const client = probe().operator;
    const { signed } = await propose(client, {});
    const bytes = Buffer.from(signed.getProposalBytes_asU8());
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    signed.setProposalBytes(bytes);
    await assertRefused({ client, signed }, /access denied/);
  });

  it('with a signature whose S is high', async () => {
    const { signed, client } = await propose(probe().operator, {});
    signed.setSignature(withHighS(signed.getSignature_asU8()));
    await assertRefused({ client, signed }, /access denied/);
  });

  it('of an identity that its organization has not issued', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'foreign-'));
    const [request] = loadDefinition().organizations;
    assert.ok(request);
    const foreign = await createOrganization(request, { dir: join(dir, 'foreign'), demo: true });
    const client = connectClient(probe().network.profiles[request.name] ?? '', foreign.clients[0]);
    await assert.rejects(client.contract.evaluateTransaction('Get', 'a'), /creator org unknown, creator is malformed/);
    client.close();
    rmSync(dir, { recursive: true });
  });

  for (const [who, dir, role, name] of [
    ['a peer, who may read but not write', 'operator', 'peer', 'peer0.operator.example'],
    ['an orderer, who has no part in the application', 'orderer', 'orderer', 'orderer0.orderer.example'],
  ] as const) {
    it(`of ${who}`, async () => {
      const { dataDir, network } = probe();
      const organization = loadOrganization(join(dataDir, 'organizations', dir));
      const identity = [...organization.peers, ...organization.orderers].find((one) => one.name === name);
      const { mspId } = organization;
      const client = connectClient(network.profiles['operator'] ?? '', identity, mspId);
      await assert.rejects(client.contract.evaluateTransaction('Get', 'a'), /requires 1 of the 'Writers' sub-policies/);
      const reading = client.qscc.evaluateTransaction('GetChainInfo', 'audit');
      if (role === 'peer') await reading;
      else await assert.rejects(reading, /requires 1 of the 'Readers' sub-policies/);
      client.close();
    });
  }

  it('of what is not even a proposal', async () => {
    const signed = new peer.SignedProposal();
    signed.setProposalBytes(Buffer.from('ff'.repeat(40), 'hex'));
    await assertRefused({ client: probe().operator, signed }, /failed to unpack transaction proposal/);
  });

  it('of a transaction that is committed already', async () => {
    const { operator } = probe();
    const proposal = operator.contract.newProposal('Put', { arguments: ['replayed', '1'] });
    const transaction = await proposal.endorse();
    assert.equal((await (await transaction.submit()).getStatus()).successful, true);
    await assert.rejects(proposal.evaluate(), /duplicate transaction found/);
  });
});

describe('embedded network: an identity whose certificate has expired', () => {
  it('is refused', async function () {
    this.timeout(30_000);
    const dataDir = newDataDir();
    const partner = loadDefinition().organizations.find(({ name }) => name === 'partner');
    assert.ok(partner);
    const longAgo = new Date(Date.now() - 3 * 365 * 86_400_000);
    await createOrganization(partner, { dir: join(dataDir, 'organizations', 'partner'), demo: true, now: longAgo });
    const network = await startProbeNetwork(dataDir);
    await assert.rejects(network.partner.contract.evaluateTransaction('Get', 'a'), /proposal client identity expired/);
    await stopProbeNetwork(network);
    rmSync(dataDir, { recursive: true });
  });
});

/** A proposal of the client's with changed headers, signed as it is then. */
async function propose(
  client: ProbeClient,
  changes: Changes,
): Promise<{ client: ProbeClient; signed: peer.SignedProposal }> {
  const original: Proposal = client.contract.newProposal('Get', { arguments: ['a'] });
  const proposed = gateway.ProposedTransaction.deserializeBinary(original.getBytes()).getProposal();
  const proposal = peer.Proposal.deserializeBinary(proposed?.getProposalBytes_asU8() ?? new Uint8Array());
  const header = common.Header.deserializeBinary(proposal.getHeader_asU8());
  header.setChannelHeader(changedChannelHeader(header.getChannelHeader_asU8(), changes));
  const signatureHeader = common.SignatureHeader.deserializeBinary(header.getSignatureHeader_asU8());
  if (changes.nonce) signatureHeader.setNonce(changes.nonce);
  header.setSignatureHeader(signatureHeader.serializeBinary());
  proposal.setHeader(header.serializeBinary());
  const signed = new peer.SignedProposal();
  signed.setProposalBytes(proposal.serializeBinary());
  signed.setSignature(await client.sign(hash.sha256(signed.getProposalBytes_asU8())));
  return { client, signed };
}

function changedChannelHeader(bytes: Uint8Array, { timestamp, txId, headerType, epoch }: Changes): Uint8Array {
  const header = common.ChannelHeader.deserializeBinary(bytes);
  if (timestamp) {
    const message = new timestampPb.Timestamp();
    message.fromDate(timestamp);
    header.setTimestamp(message);
  }
  if (txId !== undefined) header.setTxId(txId);
  if (headerType !== undefined) header.setType(headerType);
  if (epoch !== undefined) header.setEpoch(epoch);
  return header.serializeBinary();
}

async function assertRefused(
  { client, signed }: { client: ProbeClient; signed: peer.SignedProposal },
  message: RegExp,
): Promise<void> {
  const request = new gateway.EvaluateRequest();
  request.setProposedTransaction(signed);
  const evaluate = new Promise((resolve, reject) => {
    client.grpc.makeUnaryRequest(
      '/gateway.Gateway/Evaluate',
      (value: gateway.EvaluateRequest) => Buffer.from(value.serializeBinary()),
      (bytes) => gateway.EvaluateResponse.deserializeBinary(bytes),
      request,
      (error, response) => (error ? reject(error) : resolve(response)),
    );
  });
  await assert.rejects(evaluate, message);
}

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The other valid form of a signature. */
function withHighS(signature: Uint8Array): Uint8Array {
  const rEnd = 4 + (signature[3] ?? 0);
  const s = BigInt(`0x${Buffer.from(signature.subarray(rEnd + 2)).toString('hex')}`);
  const high = Buffer.from((ORDER - s).toString(16).padStart(66, '0'), 'hex');
  const body = Buffer.concat([signature.subarray(2, rEnd), Buffer.from([0x02, high.length]), high]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}
