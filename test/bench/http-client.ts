import { Agent, request } from 'node:http';

/** A client with connections that stay open; it does no more per request than the load needs. */
export class HttpClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1024 });
  readonly #hostname: string;
  readonly #port: string;
  readonly #headers: Record<string, string>;

  constructor(url: string, token: string) {
    ({ hostname: this.#hostname, port: this.#port } = new URL(url));
    this.#headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  }

  /** The answer's body. @throws on any status that is not 2xx */
  send(method: 'GET' | 'POST', path: string, body = ''): Promise<string> {
    const headers = { ...this.#headers, 'content-length': Buffer.byteLength(body) };
    const options = { agent: this.#agent, hostname: this.#hostname, port: this.#port, method, path, headers };
    return new Promise((resolve, reject) => {
      const sent = request(options, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          if (Math.floor((answer.statusCode ?? 0) / 100) === 2) resolve(text);
          else reject(new Error(`${method} ${path} answered ${answer.statusCode}: ${text.slice(0, 300)}`));
        });
        answer.on('error', reject);
      });
      sent.on('error', (error: NodeJS.ErrnoException) => {
        // The server closed a connection that had been idle between two cases, at the moment of its reuse.
        if (sent.reusedSocket && error.code === 'ECONNRESET') resolve(this.send(method, path, body));
        else reject(error);
      });
      sent.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
