import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { tarGz } from './tar-archive.js';
import type { ArchiveEntry } from './tar-archive.js';

/** Packages for `peer lifecycle chaincode install`: an archive of `metadata.json` and `code.tar.gz`. */
export interface ChaincodePackage {
  /** `LABEL:SHA-256`, by which a peer knows the package. */
  id: string;
  bytes: Buffer;
}

/** What a peer reads to reach a chaincode service (Fabric: "Chaincode as an external service"). */
export interface ServiceConnection {
  /** `host:port`, or what the peer's builder replaces (Fabric's own fills in `{{.peername}}`). */
  address: string;
  /** PEM certificate of the authority of the service's TLS certificate; without it the connection is in the clear. */
  rootCertificatePem?: string;
}

/**
 * Chaincode as a service: the package says where it runs, and which indexes it wants.
 * @param bundle folder of the built chaincode
 */
export function servicePackage(
  label: string,
  bundle: string,
  { address, rootCertificatePem }: ServiceConnection,
): ChaincodePackage {
  const connection = {
    address,
    // For so long every call waits for a service that is gone, before the client is told to look elsewhere.
    dial_timeout: '3s',
    tls_required: rootCertificatePem !== undefined,
    ...(rootCertificatePem !== undefined && { root_cert: rootCertificatePem }),
  };
  const indexes = filesBelow(bundle).filter(({ path }) => path.startsWith('META-INF/'));
  return pack({ type: 'ccaas', label }, [jsonEntry('connection.json', connection), ...indexes]);
}

/** For the peer's own Node builder: the chaincode itself. */
export function nodePackage(label: string, bundle: string): ChaincodePackage {
  const code = filesBelow(bundle).map(({ path, data }) => ({
    path: path.startsWith('META-INF/') ? path : `src/${path}`,
    data,
  }));
  return pack({ type: 'node', path: 'audit', label }, code);
}

function pack(metadata: { type: string; label: string; path?: string }, code: ArchiveEntry[]): ChaincodePackage {
  const bytes = tarGz([
    jsonEntry('metadata.json', { path: '', ...metadata }),
    { path: 'code.tar.gz', data: tarGz(code) },
  ]);
  return { id: `${metadata.label}:${createHash('sha256').update(bytes).digest('hex')}`, bytes };
}

function jsonEntry(path: string, value: object): ArchiveEntry {
  return { path, data: Buffer.from(`${JSON.stringify(value, null, 2)}\n`) };
}

function filesBelow(folder: string): ArchiveEntry[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: relative(folder, file).split(sep).join('/'), data: readFileSync(file) }));
}
