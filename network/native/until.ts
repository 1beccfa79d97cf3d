import { setTimeout as delay } from 'node:timers/promises';
import { ProgramError } from './programs.js';

const POLL_MS = 200;
const TIMEOUT_MS = 60_000;

/**
 * Tries again and again what fails while processes start.
 * @param isHopeless whether to give up before the minute is over
 * @throws {ProgramError} with the last reason
 */
export async function until<Result>(
  failure: string,
  attempt: () => Promise<Result>,
  isHopeless: () => boolean = () => false,
): Promise<Result> {
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline || isHopeless()) throw new ProgramError(`${failure}: ${reasonOf(error)}`);
      await delay(POLL_MS);
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
