import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { describe, it } from 'mocha';
import { messageClasses } from '../../../gateway/http/message-classes.js';

describe('the classes of requests and answers', () => {
  it("have Express' prototypes before Express sets them", async () => {
    const app = express();
    const seen: unknown[] = [];
    app.use((req, res) => {
      seen.push(Object.getPrototypeOf(req), Object.getPrototypeOf(res));
      res.json({ path: req.path, app: req.app === app });
    });
    const server = createServer(messageClasses(app), (req, res) => {
      seen.push(Object.getPrototypeOf(req), Object.getPrototypeOf(res));
      app(req, res);
    }).listen(0);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const answer: unknown = await (await fetch(`http://localhost:${port}/some/path`)).json();
    server.close();
    assert.deepEqual(answer, { path: '/some/path', app: true });
    assert.equal(seen.length, 4);
    assert.equal(seen[0], seen[2]);
    assert.equal(seen[1], seen[3]);
  });
});
