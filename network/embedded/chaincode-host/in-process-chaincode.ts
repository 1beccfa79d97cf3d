import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { peer } from '@hyperledger/fabric-protos';
import type { ChaincodeMessageView, ChaincodeStream } from './chaincode-connection.js';

/** The parts of fabric-shim that run chaincode, as the package's own dependencies provide them. */
interface Shim {
  ChaincodeMessageHandler: new (stream: ShimStream, chaincode: object) => { chat(firstMessage: object): void };
  ChaincodeFromContract: new (
    contracts: unknown[],
    serializers: object,
    metadata: object,
    title: string,
    version: string,
  ) => object;
  Bootstrap: {
    getInfoFromContract(modulePath: string): {
      contracts: unknown[];
      serializers: object;
      title: string;
      version: string;
    };
    getMetadata(modulePath: string): Promise<object>;
  };
  protos: { peer: { ChaincodeID: new () => ChaincodeIdMessage; ChaincodeMessage: new () => RegisterMessage } };
}
interface ChaincodeIdMessage {
  setName(name: string): void;
  serializeBinary(): Uint8Array;
}
interface RegisterMessage {
  setType(type: number): void;
  setPayload(payload: Uint8Array): void;
}

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

/** Loading the shim installs a handler that swallows unhandled rejections of the whole process: it is taken off again. */
function loadShim(packageDir: string): Shim {
  process.env['CORE_CHAINCODE_LOGGING_LEVEL'] ??= 'CRITICAL';
  const before = process.listeners('unhandledRejection');
  const require = createRequire(join(packageDir, 'package.json'));
  const requireOfShim = createRequire(require.resolve('fabric-shim'));
  const shim = {
    ...(requireOfShim('./lib/handler.js') as Pick<Shim, 'ChaincodeMessageHandler'>),
    ChaincodeFromContract: requireOfShim(
      './lib/contract-spi/chaincodefromcontract.js',
    ) as Shim['ChaincodeFromContract'],
    Bootstrap: requireOfShim('./lib/contract-spi/bootstrap.js') as Shim['Bootstrap'],
    protos: requireOfShim('@hyperledger/fabric-protos') as Shim['protos'],
  };
  for (const listener of process.listeners('unhandledRejection')) {
    if (!before.includes(listener)) process.off('unhandledRejection', listener);
  }
  return shim;
}
