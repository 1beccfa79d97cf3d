import { resolve } from 'node:path';
import { DefinitionError } from '../network/definition/index.js';
import { IdentitiesError } from '../network/identities/index.js';
import { install, ProgramError } from '../network/native/index.js';
import { SetupError } from './data-directory.js';
import { runCompose } from './network/compose.js';
import { runEmbedded } from './network/embedded.js';
import { runJoin } from './network/join.js';
import { runNative } from './network/native.js';
import { readOptions } from './network/options.js';
import { phasePrinter } from './network/phases.js';
import { UsageError } from './usage-error.js';

/** `npm run network -- COMMAND --on NETWORK`: networks for the audit contract on this machine. */

const runners = { embedded: runEmbedded, native: runNative, compose: runCompose };

try {
  const options = readOptions(process.argv.slice(2));
  if ('install' in options) {
    const folder = await install({ ...options.install, onPhase: phasePrinter() });
    process.stdout.write(`Fabric's programs are in ${folder}.\n`);
  } else {
    const dataDir = resolve(process.env['AUDIT_DATA_DIR'] ?? 'data');
    const isWell = await ('step' in options ? runJoin(dataDir, options) : runners[options.on](dataDir, options));
    if (!isWell) process.exitCode = 1;
  }
} catch (error) {
  const known = [UsageError, SetupError, ProgramError, DefinitionError, IdentitiesError];
  if (!(error instanceof Error && known.some((one) => error instanceof one))) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(error instanceof UsageError ? 2 : 1);
}
