import { randomBytes } from 'node:crypto';
import { common, orderer, peer } from '@hyperledger/fabric-protos';
import timestampPb from 'google-protobuf/google/protobuf/timestamp_pb.js';
import type { ConsortiumDefinition } from '../../definition/index.js';
import type { OrganizationMaterial } from '../../identities/index.js';
import type { BlockParts } from '../ledger/types.js';
import { APPLICATION_WRITERS, ORDERER_WRITERS } from '../msp/channel-policies.js';
import type { NodeOu } from '../msp/membership.js';
import { newBlock } from '../wire/new-block.js';
import { computeTxId } from '../wire/transaction-id.js';
import { capabilities, configGroup } from './config-group.js';
import { mspConfig } from './msp-config.js';
import { anyOf, implicitMetaPolicy, signaturePolicy } from './policies.js';
import { ORDERER_PORT, raftMetadata } from './raft-metadata.js';

export interface GenesisRequest {
  definition: ConsortiumDefinition;
  organizations: readonly OrganizationMaterial[];
  orderer: OrganizationMaterial;
}

const UINT32_MAX = 0xffffffff;
/** Anchor peers and orderers stand in the configuration under their names, which nobody here dials. */
const PEER_PORT = 7051;

/** Block 0: the channel's configuration, in the form that `configtxgen` gives it. */
export function genesisBlock(request: GenesisRequest, now = new Date()): BlockParts {
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

function peerOrganization(organization: OrganizationMaterial): common.ConfigGroup {
  const anchors = new peer.AnchorPeers();
  anchors.setAnchorPeersList(
    organization.peers.map(({ name }) => {
      const anchor = new peer.AnchorPeer();
      anchor.setHost(name);
      anchor.setPort(PEER_PORT);
      return anchor;
    }),
  );
  return configGroup({
    values: { MSP: mspConfig(organization), AnchorPeers: anchors },
    policies: organizationPolicies(organization.mspId, APPLICATION_WRITERS),
  });
}

function ordererGroup({ orderer: organization, definition }: GenesisRequest): common.ConfigGroup {
  const { batch } = definition.ordering;
  const consensus = new orderer.ConsensusType();
  consensus.setType('etcdraft');
  consensus.setMetadata(raftMetadata(organization).serializeBinary());
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

function ordererOrganization(organization: OrganizationMaterial): common.ConfigGroup {
  const endpoints = new common.OrdererAddresses();
  endpoints.setAddressesList(organization.orderers.map(({ name }) => `${name}:${ORDERER_PORT}`));
  return configGroup({
    values: { MSP: mspConfig(organization), Endpoints: endpoints },
    policies: organizationPolicies(organization.mspId, ORDERER_WRITERS),
  });
}

function organizationPolicies(mspId: string, writers: readonly NodeOu[]): Record<string, common.Policy> {
  return {
    Readers: signaturePolicy(anyOf(mspId, 'member')),
    Writers: signaturePolicy(anyOf(mspId, ...writers)),
    Admins: signaturePolicy(anyOf(mspId, 'admin')),
    Endorsement: signaturePolicy(anyOf(mspId, 'peer')),
  };
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
  channelHeader.setTxId(computeTxId(signatureHeader.getNonce_asU8(), signatureHeader.getCreator_asU8()));
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
