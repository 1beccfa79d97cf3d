import { request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { Answer } from '../support/api.js';
import type { Api } from '../support/api.js';

const PIECES = 4;
const BETWEEN_MS = 50;

/** Posts a body piece by piece, as over a bad line. */
export async function sendSlowly(
  { url, token }: Api,
  path: string,
  body: string,
  headers: Record<string, string>,
): Promise<Answer> {
  const bytes = Buffer.from(body);
  const sent = request(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${token ?? ''}`, 'content-length': bytes.length, ...headers },
  });
  const answered = new Promise<Answer>((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const fields = Object.entries(response.headers).map(
          ([name, value]) => [name, String(value)] as [string, string],
        );
        resolve(new Answer(response.statusCode ?? 0, new Headers(fields), Buffer.concat(chunks).toString()));
      });
    });
  });
  answered.catch(() => undefined);
  const size = Math.ceil(bytes.length / PIECES);
  for (let start = 0; start < bytes.length && !sent.destroyed; start += size) {
    sent.write(bytes.subarray(start, start + size));
    await wait(BETWEEN_MS);
  }
  sent.end();
  return answered;
}
