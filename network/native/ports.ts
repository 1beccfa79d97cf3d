import { createServer } from 'node:net';
import { HOST } from './layout.js';
import { ProgramError } from './programs.js';

/** @throws {ProgramError} that names the first of `count` ports that another process has. */
export async function assertFree(first: number, count: number): Promise<void> {
  for (let port = first; port < first + count; port += 1) {
    if (!(await isFree(port))) {
      throw new ProgramError(`port ${port} is in use; the network needs ${first} to ${first + count - 1}`);
    }
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: HOST }, () => probe.close(() => resolve(true)));
  });
}
