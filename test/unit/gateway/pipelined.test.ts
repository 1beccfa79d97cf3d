import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, it } from 'mocha';
import { closeWithConnection } from '../../../gateway/http/pipelined.js';

const REQUEST = 'GET / HTTP/1.1\r\nHost: here\r\n\r\n';

describe('answers of pipelined requests', () => {
  const seen = { opened: 0, closed: 0 };
  let answerAt = Infinity;
  const server = createServer(
    closeWithConnection((_req, res) => {
      seen.opened++;
      res.on('close', () => seen.closed++);
      if (seen.opened >= answerAt) res.end();
    }),
  );

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('all close with a connection that breaks, and each once', async () => {
    const sockets = await Promise.all(Array.from({ length: 5 }, () => open(REQUEST.repeat(20))));
    await until(() => seen.opened === 100);
    assert.equal(seen.closed, 0);
    for (const socket of sockets) socket.resetAndDestroy();
    await until(() => seen.closed >= 100);
    await setTimeout(20);
    assert.equal(seen.closed, 100);
  });

  it('close once where they are sent', async () => {
    Object.assign(seen, { opened: 0, closed: 0 });
    answerAt = 0;
    const socket = await open(REQUEST.repeat(20));
    await until(() => seen.closed >= 20);
    socket.destroy();
    await once(socket, 'close');
    assert.deepEqual(seen, { opened: 20, closed: 20 });
  });

  async function open(text: string): Promise<Socket> {
    if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => undefined).resume();
    await once(socket, 'connect');
    socket.write(text);
    return socket;
  }
});

async function until(holds: () => boolean): Promise<void> {
  const endMs = Date.now() + 5000;
  while (!holds()) {
    assert.ok(Date.now() < endMs, 'it takes too long');
    await setTimeout(5);
  }
}
