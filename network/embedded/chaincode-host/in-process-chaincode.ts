import { EventEmitter } from 'node:events';
import type { peer } from '@hyperledger/fabric-protos';
import type { ChaincodeMessageView, ChaincodeStream } from './chaincode-connection.js';
import { loadShim, type Shim } from './load-shim.js';

const REGISTER = 1;

/**
 * Chaincode of a package (a folder as `fabric-chaincode-node` starts it) run in this process by the unmodified shim.
 */
export class InProcessChaincode {
  private constructor(
    readonly chaincodeId: string,
    readonly shim: Shim,
    readonly chaincode: object,
  ) {}

  static async load(packageDir: string, chaincodeId: string): Promise<InProcessChaincode> {
    const shim = loadShim(packageDir);
    const { contracts, serializers, title, version } = shim.Bootstrap.getInfoFromContract(packageDir);
    const metadata = await shim.Bootstrap.getMetadata(packageDir);
    // The constructor adds its system contract to the array that it is given.
    const chaincode = new shim.ChaincodeFromContract([...contracts], serializers, metadata, title, version);
    return new InProcessChaincode(chaincodeId, shim, chaincode);
  }

  /** A stream of its own for each peer: the shim tells transactions apart by their id only. */
  open(): ChaincodeStream {
    const stream = new ShimStream();
    const id = new this.shim.protos.peer.ChaincodeID();
    id.setName(this.chaincodeId);
    const register = new this.shim.protos.peer.ChaincodeMessage();
    register.setType(REGISTER);
    register.setPayload(id.serializeBinary());
    new this.shim.ChaincodeMessageHandler(stream, this.chaincode).chat(register);
    return stream;
  }
}

/** Both ends of a stream in memory: the shim writes messages and listens for `data`; messages cross as objects. */
class ShimStream extends EventEmitter implements ChaincodeStream {
  #listener: (message: ChaincodeMessageView) => void = () => undefined;

  /** The shim's end. Delivery waits for a microtask, so that a long row of requests does not become a deep stack. */
  write(message: ChaincodeMessageView): void {
    queueMicrotask(() => this.#listener(message));
  }

  end(): void {
    this.emit('closed');
  }

  send(message: peer.ChaincodeMessage): void {
    this.emit('data', message);
  }

  onMessage(listener: (message: ChaincodeMessageView) => void): void {
    this.#listener = listener;
  }

  onEnd(listener: (reason: string) => void): void {
    this.once('closed', () => listener('chaincode ended its stream'));
  }

  close(): void {
    this.removeAllListeners();
  }
}
