import { spawnSync } from 'node:child_process';

/** The interpreter of the second verifier; `PYTHON` names another one. */
export function pythonPath(): string {
  return process.env['PYTHON'] ?? 'python3';
}

/** Why the second verifier cannot run here, if it cannot. */
export function noPython(): string | undefined {
  const probe = 'import sys, cryptography; sys.exit(sys.version_info < (3, 11))';
  const { status } = spawnSync(pythonPath(), ['-c', probe], { stdio: 'ignore' });
  return status === 0 ? undefined : 'no Python 3.11 with the package `cryptography` was found (PYTHON names one)';
}
