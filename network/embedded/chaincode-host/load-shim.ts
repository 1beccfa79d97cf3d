import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The parts of fabric-shim that run chaincode, as the package's own dependencies provide them. */
export interface Shim {
  ChaincodeMessageHandler: new (stream: object, chaincode: object) => { chat(firstMessage: object): void };
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

/** What the shim's modules log to; each asks for its own when it is loaded. */
interface ShimLogger {
  getLogger: (name: string) => object;
}

const LOGGING_LEVEL = 'CORE_CHAINCODE_LOGGING_LEVEL';
const IGNORE = (): void => undefined;
const SILENT = { debug: IGNORE, info: IGNORE, warn: IGNORE, error: IGNORE };

const FAULTS = ['unhandledRejection', 'uncaughtException'] as const;

/**
 * Loads the shim that a chaincode package depends on. That installs handlers that swallow every fault which nobody
 * catches: they are taken off again. Unless a level is asked for, the shim gets loggers that do nothing: its own
 * format every message before they look at the level.
 */
export function loadShim(packageDir: string): Shim {
  const before = FAULTS.map((fault) => process.rawListeners(fault));
  const require = createRequire(join(packageDir, 'package.json'));
  const requireOfShim = createRequire(require.resolve('fabric-shim'));
  if (process.env[LOGGING_LEVEL] === undefined) {
    (requireOfShim('./lib/logger.js') as ShimLogger).getLogger = () => SILENT;
    process.env[LOGGING_LEVEL] = 'CRITICAL'; // for fabric-contract-api, which has a logger of its own
  }
  const shim = {
    ...(requireOfShim('./lib/handler.js') as Pick<Shim, 'ChaincodeMessageHandler'>),
    ChaincodeFromContract: requireOfShim(
      './lib/contract-spi/chaincodefromcontract.js',
    ) as Shim['ChaincodeFromContract'],
    Bootstrap: requireOfShim('./lib/contract-spi/bootstrap.js') as Shim['Bootstrap'],
    protos: requireOfShim('@hyperledger/fabric-protos') as Shim['protos'],
  };
  for (const [index, fault] of FAULTS.entries()) {
    for (const listener of process.rawListeners(fault) as (() => void)[]) {
      if (!before[index]?.includes(listener)) process.off(fault, listener);
    }
  }
  return shim;
}
