import { orderer } from '@hyperledger/fabric-protos';
import type { OrganizationMaterial } from '../../identities/index.js';

const { ConfigMetadata, Consenter, Options } = orderer.etcdraft;

export const ORDERER_PORT = 7050;
const SNAPSHOT_BYTES = 16 * 1_048_576;

/** What the configuration says of Raft: its consenters, with Fabric's own names for what tunes them. */
export function raftMetadata({ orderers }: OrganizationMaterial): orderer.etcdraft.ConfigMetadata {
  const options = new Options();
  options.setTickInterval('100ms');
  options.setElectionTick(10);
  options.setHeartbeatTick(1);
  options.setMaxInflightBlocks(5);
  options.setSnapshotIntervalSize(SNAPSHOT_BYTES);
  const metadata = new ConfigMetadata();
  metadata.setOptions(options);
  metadata.setConsentersList(
    orderers.map(({ name, tls }) => {
      const consenter = new Consenter();
      consenter.setHost(name);
      consenter.setPort(ORDERER_PORT);
      consenter.setClientTlsCert(Buffer.from(tls.certificatePem));
      consenter.setServerTlsCert(Buffer.from(tls.certificatePem));
      return consenter;
    }),
  );
  return metadata;
}
