import { HttpConnection } from './http-connection.js';

/** Node's server closes a connection that was idle for five seconds. */
const IDLE_MS = 3000;

/** Connections that stay open, as many as there are requests at once; no more work per request than the load needs. */
export class HttpClient {
  readonly #address: { host: string; port: number };
  readonly #headers: string;
  readonly #idle: HttpConnection[] = [];

  constructor(url: string, token: string) {
    const { hostname: host, port } = new URL(url);
    this.#address = { host, port: Number(port) };
    this.#headers = `Host: ${host}:${port}\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n`;
  }

  /** The answer's body. @throws on any status that is not 2xx */
  async send(method: 'GET' | 'POST', path: string, body = ''): Promise<string> {
    const head = `${method} ${path} HTTP/1.1\r\n${this.#headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
    const connection = this.#take();
    const answer = await connection.exchange(head + body);
    this.#idle.push(connection);
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    const reason = /"detail":"([^"]{1,200})"/.exec(answer.body)?.[1] ?? answer.body.slice(0, 200);
    throw new Error(`${answer.status}: ${reason}`);
  }

  close(): void {
    for (const connection of this.#idle) connection.close();
  }

  /** The one used last; one that the server closed while it was idle, or may be closing now, is left out. */
  #take(): HttpConnection {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      if (idle.isOpen && idle.idleMs < IDLE_MS) return idle;
      idle.close();
    }
    return new HttpConnection(this.#address);
  }
}
