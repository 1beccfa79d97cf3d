import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pythonPath } from '../runner/python.js';
import { root } from '../runner/tiers.js';

const folder = join(root, 'verifier-python');

/** What the Python program reports. */
export interface PythonReport {
  verdict: string;
  fault: { code: string; pointer: string } | null;
  file_sha256: string;
}

/** The command, as a user calls it. */
export function runPython(args: string[], input = '') {
  const { status, stdout, stderr } = spawnSync(pythonPath(), args, { cwd: folder, input, encoding: 'utf8' });
  return { status, stdout, stderr };
}

export interface Asked {
  text: string;
  trust: string;
  challenge?: string;
}

/** One process that checks many files: a report for each, in their order. */
export class PythonVerifier {
  private readonly process = spawn(pythonPath(), ['-m', 'agent_audit_verifier', '--batch'], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  private readonly lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();

  async verify(asked: Asked): Promise<PythonReport> {
    this.process.stdin.write(`${JSON.stringify(asked)}\n`);
    const line = await this.lines.next();
    if (line.done) throw new Error('the Python program has ended');
    return JSON.parse(line.value) as PythonReport;
  }

  close(): void {
    this.process.stdin.end();
  }
}
