import { createHash, createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, credentials } from '@grpc/grpc-js';
import { connect, signers } from '@hyperledger/fabric-gateway';
import { TRANSACTIONS } from '../../core/index.js';
import { TLS_FILES } from '../identities/index.js';
import { HOST } from './layout.js';
import type { NativeLayout, OrdererNode, PeerNode } from './layout.js';
import { logFile, runningPid } from './processes.js';
import { until } from './until.js';

const CALL_TIMEOUT_MS = 5000;

/** Waits until a node says that it is well. */
export async function untilHealthy({ name, folder, operationsPort }: PeerNode | OrdererNode): Promise<void> {
  const ask = async (): Promise<void> => {
    const answer = await fetch(`http://${HOST}:${operationsPort}/healthz`);
    if (!answer.ok) throw new Error(`it is not well (${answer.status})`);
  };
  const hasEnded = (): boolean => runningPid(folder) === undefined;
  await until(`${name} did not start (its log is ${logFile(folder)})`, ask, hasEnded);
}

/**
 * Waits until every organization can have a transaction endorsed by all of them: their peers have found one another,
 * and each peer's chaincode answers. Before that a client is told that no combination of peers fits.
 */
export async function untilEndorsing(layout: NativeLayout): Promise<void> {
  for (const peer of layout.peers) {
    await until(`${peer.name} cannot have transactions endorsed`, () => endorseByAll(layout, peer));
  }
}

async function endorseByAll({ definition }: NativeLayout, peer: PeerNode): Promise<void> {
  const tls = credentials.createSsl(readFileSync(join(peer.identity, 'tls', TLS_FILES.ca)));
  const client = new Client(`${HOST}:${peer.port}`, tls, { 'grpc.ssl_target_name_override': peer.name });
  const key = createPrivateKey(readFileSync(join(peer.admin, 'msp', 'keystore', 'key.pem')));
  const gateway = connect({
    client,
    identity: { mspId: peer.mspId, credentials: readFileSync(join(peer.admin, 'msp', 'signcerts', 'cert.pem')) },
    signer: signers.newPrivateKeySigner(key),
    hash: (message) => createHash('sha256').update(message).digest(),
  });
  try {
    const contract = gateway.getNetwork(definition.channel).getContract(definition.chaincode.name);
    const endorsingOrganizations = definition.organizations.map(({ mspId }) => mspId);
    const proposal = contract.newProposal(TRANSACTIONS.readContractInfo, { endorsingOrganizations });
    await proposal.endorse({ deadline: Date.now() + CALL_TIMEOUT_MS });
  } finally {
    gateway.close();
    client.close();
  }
}
