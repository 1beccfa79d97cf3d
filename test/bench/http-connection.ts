import { connect } from 'node:net';
import type { Socket } from 'node:net';

export interface HttpAnswer {
  status: number;
  body: string;
}

const END_OF_HEAD = Buffer.from('\r\n\r\n');

/** One HTTP/1.1 connection, one request at a time; reads answers with a Content-Length, as the product's all have. */
export class HttpConnection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #answeredAtMs = performance.now();
  #waiting: { resolve: (answer: HttpAnswer) => void; reject: (error: Error) => void } | undefined;

  constructor(address: { host: string; port: number }) {
    this.#socket = connect(address).setNoDelay();
    this.#socket.on('data', (chunk) => this.#receive(chunk));
    this.#socket.on('error', (error) => this.#waiting?.reject(error));
    this.#socket.on('close', () => this.#waiting?.reject(new Error('the connection was closed')));
  }

  /** Milliseconds since the last answer. */
  get idleMs(): number {
    return performance.now() - this.#answeredAtMs;
  }

  get isOpen(): boolean {
    return this.#socket.writable && this.#socket.readable;
  }

  exchange(request: string): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const endOfHead = this.#received.indexOf(END_OF_HEAD);
    if (endOfHead < 0) return;
    const head = this.#received.toString('latin1', 0, endOfHead);
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    if (length === undefined) {
      this.#socket.destroy(new Error('the answer has no Content-Length'));
      return;
    }
    const start = endOfHead + END_OF_HEAD.length;
    const end = start + Number(length);
    if (this.#received.length < end) return;
    const body = this.#received.toString('utf8', start, end);
    this.#received = this.#received.subarray(end);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#answeredAtMs = performance.now();
    waiting?.resolve({ status: Number(head.slice(9, 12)), body });
  }
}
