import { createServer } from 'node:net';
import { SetupError } from './data-directory.js';

/** The ports of `count` gateways, from PORT (default 3000) on. @throws {SetupError} if one is no port or is taken. */
export async function gatewayPorts(wanted: string | undefined, count: number): Promise<number[]> {
  const first = Number(wanted ?? 3000);
  if (!Number.isInteger(first) || first < 1 || first + count - 1 > 65_535) {
    throw new SetupError(`PORT must be a number from 1 to ${65_536 - count}; it is "${wanted}".`);
  }
  const ports = Array.from({ length: count }, (_, index) => first + index);
  for (const port of ports) {
    if (!(await isFree(port))) {
      throw new SetupError(`Port ${port} is in use; choose another with PORT=… (the next ${count - 1} are used too).`);
    }
  }
  return ports;
}

/** Whether nothing listens on the port of the loopback interface. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1' }, () => probe.close(() => resolve(true)));
  });
}
