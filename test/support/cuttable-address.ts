import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** An address of its own for a server that runs elsewhere, which can be cut off and restored. */
export class CuttableAddress {
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  private constructor(private readonly target: string) {}

  /** @param target `host:port` */
  static async open(target: string): Promise<CuttableAddress> {
    const address = new CuttableAddress(target);
    await address.restore();
    return address;
  }

  get endpoint(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Ends what is open and refuses what is new, as a killed process does. */
  async cut(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  async restore(): Promise<void> {
    const server = createServer((socket) => this.#forward(socket));
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  #forward(inbound: Socket): void {
    const [host = '', port = ''] = this.target.split(':');
    const outbound = connect(Number(port), host);
    for (const socket of [inbound, outbound]) {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      socket.on('error', () => socket.destroy());
    }
    inbound.once('close', () => outbound.destroy());
    outbound.once('close', () => inbound.destroy());
    inbound.pipe(outbound).pipe(inbound);
  }
}
