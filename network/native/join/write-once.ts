import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ProgramError } from '../programs.js';

/** Keeps what another party has sent; what is there already must be the same. @throws {ProgramError} where it is not */
export function writeOnce(file: string, content: string | Buffer): void {
  if (existsSync(file)) {
    if (readFileSync(file).equals(Buffer.from(content))) return;
    throw new ProgramError(
      `what was sent is not what ${file} holds since earlier; ask the sender, and believe neither`,
    );
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, content, { mode: 0o600, flag: 'wx' });
}
