import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import type { TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FABRIC_VERSION, ProgramError, cacheFolder, programsIn, runProgram } from './programs.js';

/** Fabric's programs are fetched from its own release, never from this project. */

export interface InstallOptions {
  /** Of the archive, as its release page shows it: what is downloaded must be what somebody has looked at. */
  sha256: string;
  /** URL or file of the archive; default: the official release for this platform. */
  from?: string | undefined;
  onPhase?: (phase: string) => void;
  env?: NodeJS.ProcessEnv;
}

const MAX_BYTES = 1_073_741_824;
const DOWNLOAD_MS = 900_000;
const ARCHITECTURES: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };

/** @throws {ProgramError} where Fabric has no release for this platform. */
export function releaseUrl(platform: string = process.platform, architecture: string = process.arch): string {
  const name = ARCHITECTURES[architecture];
  if (!name || !['linux', 'darwin'].includes(platform)) {
    throw new ProgramError(`Fabric has no programs for ${platform} on ${architecture}`);
  }
  const release = `https://github.com/hyperledger/fabric/releases/download/v${FABRIC_VERSION}`;
  return `${release}/hyperledger-fabric-${platform}-${name}-${FABRIC_VERSION}.tar.gz`;
}

/**
 * Downloads the archive, compares its checksum and unpacks it into the cache folder, whole or not at all.
 * @returns the folder of the programs. @throws {ProgramError}
 */
export async function install({ sha256, from, onPhase, env = process.env }: InstallOptions): Promise<string> {
  const phase = onPhase ?? (() => undefined);
  const folder = cacheFolder(env);
  if (programsIn(join(folder, 'bin'))) return join(folder, 'bin');
  const work = `${folder}.${randomUUID()}`;
  mkdirSync(work, { recursive: true, mode: 0o700 });
  try {
    const archive = join(work, 'archive.tar.gz');
    const source = from ?? releaseUrl();
    phase(`download of ${source}`);
    const actual = await download(source, archive);
    if (actual !== sha256) {
      throw new ProgramError(`${source} has the SHA-256 ${actual}, not ${sha256}: nothing was installed`);
    }
    phase('unpacking');
    const unpacked = join(work, 'unpacked');
    mkdirSync(unpacked);
    await runProgram('tar', ['-xzf', archive, '-C', unpacked], {});
    if (!programsIn(join(unpacked, 'bin'))) throw new ProgramError(`${source} does not hold Fabric's programs`);
    if (existsSync(folder)) rmSync(folder, { recursive: true });
    renameSync(unpacked, folder);
    return join(folder, 'bin');
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** @returns the SHA-256 of what was read, in hex. */
async function download(source: string, file: string): Promise<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  const meter = new Transform({
    transform: (chunk: Buffer, _encoding: string, done: TransformCallback) => {
      bytes += chunk.length;
      hash.update(chunk);
      done(bytes > MAX_BYTES ? new ProgramError('it is larger than any release') : null, chunk);
    },
  });
  try {
    await pipeline(await open(source), meter, createWriteStream(file, { mode: 0o600 }));
  } catch (error) {
    throw new ProgramError(
      `${source} could not be read: ${reasonOf(error)}. --from names a copy that was fetched another way.`,
    );
  }
  return hash.digest('hex');
}

async function open(source: string): Promise<Readable> {
  if (!/^https?:\/\//.test(source)) return createReadStream(source);
  const answer = await fetch(source, { signal: AbortSignal.timeout(DOWNLOAD_MS) });
  if (!answer.ok || !answer.body) throw new ProgramError(`the server answered ${answer.status}`);
  return Readable.fromWeb(answer.body);
}

/** `fetch` says no more than that it failed; why is in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}
