import path from 'node:path';
import Database from 'libsql';

/**
 * Holds a folder for this process. The lock is SQLite's own on a file beside the data: the system gives it back
 * whenever and however the process ends.
 * @returns lets go of the folder.
 * @throws where somebody else holds it, or it cannot be written.
 */
export function lockFolder(dir: string): () => void {
  const lock = new Database(path.join(dir, 'lock.db'));
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw error;
  }
  return () => {
    lock.exec('ROLLBACK');
    lock.close();
  };
}
