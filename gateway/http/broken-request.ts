import type { RequestListener } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { AuditError } from '../../core/index.js';
import { toProblem } from './problem.js';

/** What Node's parser could not make a request of gets a problem like every other refusal; then the connection ends. */
export function refuseBrokenRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  // An answer in the middle of another one would be read as part of it.
  if (!(socket instanceof Socket) || !socket.writable || socket.bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const problem = toProblem(describe(error.code));
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/**
 * The listener for requests whose target names a path. Express looks for one before it calls anything of ours, and
 * answers with a page where there is none (RFC 9112, section 3.2).
 */
export function withTarget(listener: RequestListener): RequestListener {
  return (req, res) => {
    const target = req.url ?? '';
    if (target.startsWith('/') || URL.canParse(target)) {
      listener(req, res);
      return;
    }
    const problem = toProblem(new AuditError('INVALID_REQUEST', 'The target of the request is not a URL.'));
    res.writeHead(problem.status, { 'Content-Type': 'application/problem+json', Connection: 'close' });
    res.end(JSON.stringify(problem));
  };
}

function describe(code: string | undefined): AuditError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new AuditError('TOO_LARGE', 'The headers are larger than this gateway takes.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new AuditError('INVALID_REQUEST', 'The request did not arrive in time.');
  return new AuditError('INVALID_REQUEST', 'This is not an HTTP request.');
}
