import { createRequire } from 'node:module';
import { join } from 'node:path';
import { BoundedCache } from '../bounded-cache.js';

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

/** What modules of the shim and of the contract API log to; each asks for its own when it is loaded. */
interface Loggers {
  getLogger: (name: string) => object;
}

/** What the shim reads clients' certificates with, anew for each transaction. */
interface CertificateReader {
  fromPEM: (pem: Uint8Array) => object;
}

const LOGGING_LEVEL = 'CORE_CHAINCODE_LOGGING_LEVEL';
const IGNORE = (): void => undefined;
const SILENT = { debug: IGNORE, info: IGNORE, warn: IGNORE, error: IGNORE };

/** Clients that a peer has at a time; one more costs reading a certificate again. */
const CACHED_CERTIFICATES = 256;

const FAULTS = ['unhandledRejection', 'uncaughtException'] as const;

/**
 * Loads the shim that a chaincode package depends on. That installs handlers that swallow every fault which nobody
 * catches: they are taken off again. Unless a level is asked for, the shim and the contract API get loggers that do
 * nothing: their own format every message before they look at the level. A client's certificate is read once.
 */
export function loadShim(packageDir: string): Shim {
  const before = FAULTS.map((fault) => process.rawListeners(fault));
  const require = createRequire(join(packageDir, 'package.json'));
  const requireOfShim = createRequire(require.resolve('fabric-shim'));
  if (process.env[LOGGING_LEVEL] === undefined) {
    const requireOfApi = createRequire(require.resolve('fabric-contract-api'));
    for (const load of [requireOfShim, requireOfApi]) {
      const logger = load.resolve('./lib/logger.js');
      (load(logger) as Loggers).getLogger = () => SILENT;
    }
  }
  const { Certificate } = requireOfShim('@fidm/x509') as { Certificate: CertificateReader };
  rememberCertificates(Certificate);
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

const remembering = new WeakSet<CertificateReader>();

/** The shim only looks at certificates: the same object serves all transactions. */
function rememberCertificates(reader: CertificateReader): void {
  if (remembering.has(reader)) return;
  remembering.add(reader);
  const read = reader.fromPEM.bind(reader);
  const known = new BoundedCache<string, object>(CACHED_CERTIFICATES);
  reader.fromPEM = (pem) => {
    const text = Buffer.from(pem).toString('latin1');
    let certificate = known.get(text);
    if (!certificate) known.set(text, (certificate = read(pem)));
    return certificate;
  };
}
