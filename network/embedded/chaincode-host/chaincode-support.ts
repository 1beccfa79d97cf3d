import { ChaincodeConnection, type ChaincodeStream } from './chaincode-connection.js';

/** One peer's way to its chaincode: the newest connection that has registered under the chaincode's id. */
export class ChaincodeSupport {
  readonly #open = new Set<ChaincodeConnection>();
  #current: ChaincodeConnection | undefined;
  #launching: Promise<void> | undefined;

  /** @param launch opens a stream where there is none; absent: the chaincode dials in */
  constructor(
    readonly chaincodeId: string,
    readonly launch?: () => ChaincodeStream,
  ) {}

  /** @throws {Error} where the chaincode cannot be reached */
  async connection(): Promise<ChaincodeConnection> {
    if (!this.#current?.isOpen && this.launch) {
      this.#launching ??= this.accept(this.launch()).finally(() => (this.#launching = undefined));
      await this.#launching;
    }
    if (!this.#current?.isOpen) throw new Error(`chaincode ${this.chaincodeId} is not connected`);
    return this.#current;
  }

  /** Takes a stream on which chaincode registers; rejects where it registers as another or not at all. */
  async accept(stream: ChaincodeStream): Promise<void> {
    const connection = new ChaincodeConnection(stream);
    this.#open.add(connection);
    stream.onEnd(() => this.#open.delete(connection));
    const registered = await connection.registered;
    if (registered !== this.chaincodeId) {
      connection.close();
      throw new Error(`chaincode registered as ${registered.slice(0, 128)}, not as ${this.chaincodeId}`);
    }
    this.#current = connection;
  }

  close(): void {
    for (const connection of this.#open) connection.close();
    this.#open.clear();
  }
}
