import { Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js';
import { gateway, orderer, peer } from '@hyperledger/fabric-protos';
import { CHAINCODE_MESSAGE_BYTES } from './chaincode-host/dial-chaincode.js';
import { atomicBroadcastService } from './services/atomic-broadcast.js';
import { chaincodeSupportService } from './services/chaincode-support.js';
import { deliverService, withRawResponses } from './services/deliver.js';
import { endorserService } from './services/endorser-service.js';
import type { GatewayDependencies } from './services/gateway-dependencies.js';
import { gatewayService } from './services/gateway-service.js';

const CLOSE_GRACE_MS = 2_000;

/** The gRPC server of one organization's peer (and, as there is one process, of the orderer). */
export class PeerServer {
  readonly #server = new Server({
    'grpc.max_receive_message_length': CHAINCODE_MESSAGE_BYTES,
    'grpc.max_send_message_length': CHAINCODE_MESSAGE_BYTES,
  });

  /** Listens on the loopback interface only: there is no TLS. @returns `host:port` */
  async listen(port: number): Promise<string> {
    const bound = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, boundPort) =>
        error ? reject(error) : resolve(boundPort),
      );
    });
    return `127.0.0.1:${bound}`;
  }

  serve(deps: GatewayDependencies): void {
    const { orderer: ordering, local, log } = deps;
    const add = (definition: object, ...[handlers]: [Parameters<Server['addService']>[1]]): void =>
      this.#server.addService(definition as ServiceDefinition, handlers);
    add(gateway.GatewayService, gatewayService(deps));
    add(peer.EndorserService, endorserService(local, log));
    add(peer.ChaincodeSupportService, chaincodeSupportService(local.chaincode));
    add(
      withRawResponses(peer.DeliverService, 'deliver', 'deliverFiltered', 'deliverWithPrivateData'),
      deliverService(deps),
    );
    add(withRawResponses(orderer.AtomicBroadcastService, 'deliver'), atomicBroadcastService(deps, ordering));
  }

  /** Lets running calls finish, but not for long. */
  async close(): Promise<void> {
    const timer = setTimeout(() => this.#server.forceShutdown(), CLOSE_GRACE_MS);
    await new Promise<void>((resolve) => this.#server.tryShutdown(() => resolve()));
    clearTimeout(timer);
  }
}
