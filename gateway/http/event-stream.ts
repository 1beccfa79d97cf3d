import { once } from 'node:events';
import type { Response } from 'express';

/** Server-sent events (HTML Standard, section 9.2) over one response. */
export class EventStream {
  readonly #res: Response;
  readonly #heartbeatMs: number;
  readonly #slowReaderMs: number;

  constructor(res: Response, { heartbeatMs, slowReaderMs }: { heartbeatMs: number; slowReaderMs: number }) {
    this.#res = res;
    this.#heartbeatMs = heartbeatMs;
    this.#slowReaderMs = slowReaderMs;
  }

  /** Sends what the source sends until it ends or the reader is gone; between events a comment shows that it is alive. */
  async run(source: () => Promise<void>, gone: AbortSignal): Promise<void> {
    this.#res.status(200).set({ 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' }).flushHeaders();
    this.#res.write(': connected\n\n');
    const heartbeat = setInterval(() => this.#res.write(': alive\n\n'), this.#heartbeatMs);
    try {
      await source();
    } catch (error) {
      if (!gone.aborted) throw error;
    } finally {
      clearInterval(heartbeat);
      this.#res.end();
    }
  }

  /** Waits for a reader that is behind; one that stays behind is cut off and can resume later. */
  async send(id: string, name: string, data: object): Promise<void> {
    if (this.#res.write(`id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`)) return;
    try {
      await once(this.#res, 'drain', { signal: AbortSignal.timeout(this.#slowReaderMs) });
    } catch {
      this.#res.destroy();
      throw new Error('the reader of a stream did not keep up');
    }
  }
}
