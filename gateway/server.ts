import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import type { ResolvedConfig } from './config.js';
import { ConfigError } from './config-error.js';
import { refuseBrokenRequest, withTarget } from './http/broken-request.js';
import { messageClasses } from './http/message-classes.js';
import { closeWithConnection } from './http/pipelined.js';

export interface ListeningServer {
  url: string;
  /** Takes no new connections and resolves when the open ones have their answers, or after this many milliseconds. */
  close(drainMs: number): Promise<void>;
}

/** @throws {ConfigError} where the port is taken or a TLS file is unusable. */
export async function listen(config: ResolvedConfig, app: Express): Promise<ListeningServer> {
  const server = await createHttpServer(config, app);
  const { timeouts, limits, host, port } = config;
  const requests = countRequests(server);
  server.on('clientError', refuseBrokenRequest);
  server.requestTimeout = timeouts.requestMs;
  server.headersTimeout = timeouts.headersMs;
  server.maxConnections = limits.connections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(new ConfigError(`The gateway cannot listen on ${host}:${port}.`, { cause: error })),
    );
    server.listen(port, host, resolve);
  });
  const { port: actualPort } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `${config.tls ? 'https' : 'http'}://${name}:${actualPort}`,
    close: (drainMs) => closeServer(server, requests, drainMs),
  };
}

async function createHttpServer({ tls }: ResolvedConfig, app: Express): Promise<Server> {
  const options = messageClasses(app);
  const listener = closeWithConnection(withTarget(app));
  if (!tls) return createServer(options, listener);
  try {
    const [cert, key] = await Promise.all([readFile(tls.certificate), readFile(tls.privateKey)]);
    return createTlsServer({ ...options, cert, key, minVersion: 'TLSv1.2' }, listener);
  } catch (error) {
    throw new ConfigError(`The TLS certificate ${tls.certificate} and its key cannot be used.`, { cause: error });
  }
}

function countRequests(server: Server): { open: number } {
  const requests = { open: 0 };
  server.on('request', (_req, res) => {
    requests.open++;
    res.on('close', () => requests.open--);
  });
  return requests;
}

const SWEEP_MS = 20;

async function closeServer(server: Server, requests: { open: number }, drainMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Connections without a request would stay open until their keep-alive time is over.
  const sweep = setInterval(() => {
    if (requests.open === 0) server.closeAllConnections();
    else server.closeIdleConnections();
  }, SWEEP_MS);
  const force = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(force);
}
