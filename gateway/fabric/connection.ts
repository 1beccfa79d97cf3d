import { Client, credentials } from '@grpc/grpc-js';
import { connect, hash } from '@hyperledger/fabric-gateway';
import type { Gateway } from '@hyperledger/fabric-gateway';
import type { VerifiedSignatures } from '../../core/index.js';
import type { ConnectionProfile, PeerAddress } from './connection-profile.js';
import { callDirectly } from './direct-client.js';
import type { DirectCall } from './direct-client.js';
import { createSigner, remembering } from './signer.js';

/** Milliseconds that each stage of a transaction may take. */
export interface LedgerTimeouts {
  evaluateMs: number;
  endorseMs: number;
  submitMs: number;
  commitMs: number;
}

export interface FabricConnection {
  gateway: Gateway;
  close(): void;
}

/** A page of 1,000 events of up to a megabyte each does not fit; the contract's pages are cut far below this. */
const MAX_MESSAGE_BYTES = 64 * 1_048_576;
/** A peer closes connections that are probed more often than once a minute (its `keepalive.minInterval`). */
const KEEPALIVE_MS = 120_000;
const KEEPALIVE_TIMEOUT_MS = 20_000;

export interface ConnectionOptions {
  /** Carries unary calls where the peer is in this process. */
  direct?: DirectCall | undefined;
  /** Learns of the signatures that are made. */
  verified?: VerifiedSignatures | undefined;
}

/** Opens the connection to one peer; gRPC connects lazily and reconnects by itself. */
export function openConnection(
  { mspId, certificate, privateKey }: ConnectionProfile,
  address: PeerAddress,
  timeouts: LedgerTimeouts,
  { direct, verified }: ConnectionOptions = {},
): FabricConnection {
  const client = createClient(address);
  if (direct) callDirectly(client, direct);
  const signer = createSigner(privateKey);
  const gateway = connect({
    client,
    identity: { mspId, credentials: certificate },
    signer: verified ? remembering(signer, certificate, verified) : signer,
    hash: hash.none,
    evaluateOptions: () => ({ deadline: Date.now() + timeouts.evaluateMs }),
    endorseOptions: () => ({ deadline: Date.now() + timeouts.endorseMs }),
    submitOptions: () => ({ deadline: Date.now() + timeouts.submitMs }),
    commitStatusOptions: () => ({ deadline: Date.now() + timeouts.commitMs }),
  });
  return {
    gateway,
    close: () => {
      gateway.close();
      client.close();
    },
  };
}

function createClient({ endpoint, tls }: PeerAddress): Client {
  return new Client(endpoint, tls ? credentials.createSsl(tls.ca) : credentials.createInsecure(), {
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_reconnect_backoff_ms': 2000,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
    ...(tls?.serverName && { 'grpc.ssl_target_name_override': tls.serverName }),
  });
}
