import { randomBytes } from 'node:crypto';
import { common, orderer } from '@hyperledger/fabric-protos';
import timestampPb from 'google-protobuf/google/protobuf/timestamp_pb.js';
import type { ConsortiumDefinition } from '../../definition/index.js';
import { newBlock } from '../wire/new-block.js';
import { capabilities, configGroup } from './config-group.js';
import { mspConfig, type MspMaterial } from './msp-config.js';
import { anyOf, implicitMetaPolicy, signaturePolicy } from './policies.js';

export interface GenesisRequest {
  definition: ConsortiumDefinition;
  organizations: readonly MspMaterial[];
  orderer: MspMaterial;
}

const UINT32_MAX = 0xffffffff;

/** Block 0: the channel's configuration, in the form that `configtxgen` gives it. */
export function genesisBlock(request: GenesisRequest, now = new Date()): Uint8Array {
  const config = new common.Config();
  config.setChannelGroup(channelGroup(request));
  const configEnvelope = new common.ConfigEnvelope();
  configEnvelope.setConfig(config);
  return newBlock(0n, new Uint8Array(), [envelopeOf(request.definition.channel, configEnvelope, now)]);
}

function channelGroup(request: GenesisRequest): common.ConfigGroup {
  const hashing = new common.HashingAlgorithm();
  hashing.setName('SHA256');
  const structure = new common.BlockDataHashingStructure();
  structure.setWidth(UINT32_MAX);
  return configGroup({
    groups: { Application: applicationGroup(request), Orderer: ordererGroup(request) },
    values: { HashingAlgorithm: hashing, BlockDataHashingStructure: structure, Capabilities: capabilities('V3_0') },
    policies: metaPolicies(),
  });
}

function applicationGroup({ organizations }: GenesisRequest): common.ConfigGroup {
  return configGroup({
    groups: Object.fromEntries(
      organizations.map((organization) => [organization.mspId, peerOrganization(organization)]),
    ),
    values: { Capabilities: capabilities('V2_5') },
    policies: {
      ...metaPolicies(),
      Endorsement: implicitMetaPolicy('MAJORITY', 'Endorsement'),
      LifecycleEndorsement: implicitMetaPolicy('MAJORITY', 'Endorsement'),
    },
  });
}

function peerOrganization(organization: MspMaterial): common.ConfigGroup {
  const { mspId } = organization;
  return configGroup({
    values: { MSP: mspConfig(organization) },
    policies: {
      Readers: signaturePolicy(anyOf(mspId, 'admin', 'peer', 'client')),
      Writers: signaturePolicy(anyOf(mspId, 'admin', 'client')),
      Admins: signaturePolicy(anyOf(mspId, 'admin')),
      Endorsement: signaturePolicy(anyOf(mspId, 'peer')),
    },
  });
}

function ordererGroup({ orderer: organization, definition }: GenesisRequest): common.ConfigGroup {
  const { batch } = definition.ordering;
  const consensus = new orderer.ConsensusType();
  consensus.setType('etcdraft');
  const size = new orderer.BatchSize();
  size.setMaxMessageCount(batch.maxMessages);
  size.setPreferredMaxBytes(batch.preferredMaxBytes);
  size.setAbsoluteMaxBytes(batch.absoluteMaxBytes);
  const timeout = new orderer.BatchTimeout();
  timeout.setTimeout(`${batch.timeoutMs}ms`);
  return configGroup({
    groups: { [organization.mspId]: ordererOrganization(organization) },
    values: {
      ConsensusType: consensus,
      BatchSize: size,
      BatchTimeout: timeout,
      ChannelRestrictions: new orderer.ChannelRestrictions(),
      Capabilities: capabilities('V2_0'),
    },
    policies: { ...metaPolicies(), BlockValidation: implicitMetaPolicy('ANY', 'Writers') },
  });
}

function ordererOrganization(organization: MspMaterial): common.ConfigGroup {
  const { mspId } = organization;
  return configGroup({
    values: { MSP: mspConfig(organization) },
    policies: {
      Readers: signaturePolicy(anyOf(mspId, 'member')),
      Writers: signaturePolicy(anyOf(mspId, 'member')),
      Admins: signaturePolicy(anyOf(mspId, 'admin')),
    },
  });
}

function metaPolicies(): Record<string, common.Policy> {
  return {
    Readers: implicitMetaPolicy('ANY', 'Readers'),
    Writers: implicitMetaPolicy('ANY', 'Writers'),
    Admins: implicitMetaPolicy('MAJORITY', 'Admins'),
  };
}

/** Nobody signs a genesis block: whoever joins the channel pins it. */
function envelopeOf(channel: string, configEnvelope: common.ConfigEnvelope, now: Date): Uint8Array {
  const timestamp = new timestampPb.Timestamp();
  timestamp.fromDate(now);
  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(common.HeaderType.CONFIG);
  channelHeader.setVersion(1);
  channelHeader.setTimestamp(timestamp);
  channelHeader.setChannelId(channel);
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setNonce(randomBytes(24));
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  header.setSignatureHeader(signatureHeader.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(configEnvelope.serializeBinary());
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  return envelope.serializeBinary();
}
