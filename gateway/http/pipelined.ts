import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Answers that stand behind another one of their connection. */
const behind = new WeakMap<Socket, Set<ServerResponse>>();

/**
 * Lets every answer close with its connection. Before version 24 Node tells it only to the one at the head: pipelined
 * requests behind that would count as open for ever, and a few connections of a stranger would use up what may be in flight.
 */
export function closeWithConnection(listener: RequestListener): RequestListener {
  return (req, res) => {
    // Node has given it no socket yet: another answer has it.
    if (res.socket === null) follow(req, res);
    listener(req, res);
  };
}

function follow({ socket }: IncomingMessage, res: ServerResponse): void {
  const answers = behind.get(socket) ?? new Set();
  if (!behind.has(socket)) {
    behind.set(socket, answers);
    // In a later turn, when Node has told those that it tells.
    socket.once('close', () => setImmediate(closeRest, answers));
  }
  answers.add(res);
  res.once('close', () => answers.delete(res));
}

function closeRest(answers: ReadonlySet<ServerResponse>): void {
  for (const answer of answers) if (answer.socket === null) answer.emit('close');
}
