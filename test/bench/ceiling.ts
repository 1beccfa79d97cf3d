import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { HttpClient } from './http-client.js';
import { runLoad } from './load.js';
import { newPost } from './workload.js';

export interface Ceiling {
  callers: number;
  requestsPerSecond: number;
  /** CPU that the generator itself spends on a request; the server's is not in it. */
  generatorCpuMs: number;
}

/** What the load generator can do at most: the same posts against a server that does nothing with them. */
export async function measureCeiling(callers: number, seconds: number): Promise<Ceiling> {
  const server = fork(path.join(import.meta.dirname, 'bare-server.js'));
  const [{ port }] = (await once(server, 'message')) as [{ port: number }];
  const client = new HttpClient(`http://127.0.0.1:${port}`, 'none');
  const shape = { sessions: 1000, ownIds: false };
  const post = async (): Promise<void> => {
    await client.send('POST', '/v1/events', JSON.stringify(newPost(shape, 1)[0]));
  };
  try {
    await runLoad(callers, seconds / 2, post);
    const before = process.cpuUsage();
    const load = await runLoad(callers, seconds, post);
    const used = process.cpuUsage(before);
    return {
      callers,
      requestsPerSecond: load.requests / load.seconds,
      generatorCpuMs: (used.user + used.system) / 1000 / load.requests,
    };
  } finally {
    client.close();
    server.kill('SIGTERM');
  }
}
