import Database from 'libsql';
import { accessSync, constants, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeFolder } from '../gateway/index.js';

/** A problem of the user's surroundings, said in one sentence; the command prints it and exits. */
export class SetupError extends Error {}

export interface DataDirectory {
  path: string;
  release: () => void;
}

/**
 * Opens the folder that everything durable lives in, for this process alone. The lock is SQLite's on a file of its
 * own: the operating system releases it with the process, however that ends.
 * @throws {SetupError}
 */
export function openDataDirectory(name: string): DataDirectory {
  const path = resolve(name);
  try {
    makeFolder(path);
    if (!statSync(path).isDirectory()) throw new SetupError(`The data directory ${path} is not a directory.`);
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof SetupError) throw error;
    throw new SetupError(`The data directory ${path} cannot be used (${errorCode(error)}).`);
  }
  const release = lock(join(path, 'lock'), path);
  return { path, release };
}

/** What becomes of an error of the network's own, such as a block that was changed. */
export function cannotOpen(dir: string): (error: unknown) => never {
  return (error) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SetupError(`The network in ${dir} cannot be opened: ${reason}`, { cause: error });
  };
}

function lock(file: string, path: string): () => void {
  try {
    const database = new Database(file);
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return () => database.close();
  } catch (error) {
    if (/locked|busy/i.test(String(error))) {
      throw new SetupError(`The data directory ${path} is in use by another process.`);
    }
    throw new SetupError(`The data directory ${path} is broken: its lock file cannot be opened.`);
  }
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
