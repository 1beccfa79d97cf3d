import assert from 'node:assert/strict';
import type { StoredEvent } from '../../gateway/routes/stored-event.js';
import type { Api } from './api.js';

interface Message {
  id: string;
  event: StoredEvent;
}

/** A reader of server-sent events. */
export class Stream {
  #text = '';

  private constructor(
    private readonly reader: ReadableStreamDefaultReader<Uint8Array>,
    private readonly abort: AbortController,
  ) {}

  static async open(api: Api, query: string, lastEventId?: string): Promise<Stream> {
    const abort = new AbortController();
    const response = await fetch(`${api.url}/v1/stream?${query}`, {
      headers: {
        authorization: `Bearer ${api.token ?? ''}`,
        ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
      },
      signal: abort.signal,
    });
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
    const stream = new Stream((response.body ?? assert.fail()).getReader(), abort);
    await stream.untilText(/: connected\n/);
    return stream;
  }

  /** The next messages. */
  async take(count: number): Promise<Message[]> {
    const messages: Message[] = [];
    while (messages.length < count) {
      const end = this.#text.indexOf('\n\n');
      if (end < 0) {
        await this.#readMore();
        continue;
      }
      const block = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 2);
      const [, id, data] = /^id: (.+)\nevent: event\ndata: (.+)$/.exec(block) ?? [];
      if (id !== undefined && data !== undefined) messages.push({ id, event: JSON.parse(data) as StoredEvent });
    }
    return messages;
  }

  async untilText(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#text)) await this.#readMore();
  }

  close(): void {
    this.abort.abort();
  }

  async #readMore(): Promise<void> {
    const { done, value } = await this.reader.read().catch(() => ({ done: true, value: undefined }));
    if (done) throw new Error('the stream ended');
    this.#text += new TextDecoder().decode(value);
  }
}
