import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, credentials } from '@grpc/grpc-js';
import { connect, hash, signers } from '@hyperledger/fabric-gateway';
import type { Contract, Gateway, Network } from '@hyperledger/fabric-gateway';
import { common } from '@hyperledger/fabric-protos';
import { z } from 'zod';

const profile = z.object({
  channel: z.string(),
  chaincode: z.string(),
  msp_id: z.string(),
  identity: z.object({ certificate: z.string(), private_key: z.string() }),
  peers: z.array(
    z.object({ endpoint: z.string(), tls: z.object({ ca: z.string(), server_name: z.string() }).nullable() }),
  ),
});

/** One organization's client, made from nothing but its connection profile. */
export interface Member {
  mspId: string;
  channel: string;
  gateway: Gateway;
  network: Network;
  contract: Contract;
  qscc: Contract;
  close(): void;
}

export type Members = Record<'operator' | 'partner' | 'auditor', Member>;

export function connectMember(file: string): Member {
  const { channel, chaincode, msp_id: mspId, identity, peers } = profile.parse(JSON.parse(readFileSync(file, 'utf8')));
  const read = (name: string): Buffer => readFileSync(resolve(dirname(file), name));
  const [peer] = peers;
  if (!peer) throw new Error('the profile names no peer');
  const client = peer.tls
    ? new Client(peer.endpoint, credentials.createSsl(read(peer.tls.ca)), {
        'grpc.ssl_target_name_override': peer.tls.server_name,
      })
    : new Client(peer.endpoint, credentials.createInsecure());
  const gateway = connect({
    client,
    identity: { mspId, credentials: read(identity.certificate) },
    signer: signers.newPrivateKeySigner(createPrivateKey(read(identity.private_key))),
    hash: hash.sha256,
  });
  const network = gateway.getNetwork(channel);
  return {
    mspId,
    channel,
    gateway,
    network,
    contract: network.getContract(chaincode),
    qscc: network.getContract('qscc'),
    close: () => {
      gateway.close();
      client.close();
    },
  };
}

export function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

export async function heightAt({ qscc, channel }: Member): Promise<number> {
  return common.BlockchainInfo.deserializeBinary(await qscc.evaluateTransaction('GetChainInfo', channel)).getHeight();
}

/** Peers commit at their own pace: waits until all of them have the same blocks. */
export async function settled(members: Members): Promise<number> {
  for (;;) {
    const heights = await Promise.all(Object.values(members).map(heightAt));
    const [height = 0] = heights;
    if (heights.every((one) => one === height)) return height;
    await delay(20);
  }
}
