import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Reads a post and answers at once with as many bytes as a receipt has: what is left is the load generator. */
const answer = JSON.stringify({ receipt: 'x'.repeat(500) });
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(201, { 'content-type': 'application/json', 'content-length': answer.length });
    response.end(answer);
  });
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.once('SIGTERM', () => process.exit(0));
