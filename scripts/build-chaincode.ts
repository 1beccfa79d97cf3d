/**
 * Makes the chaincode package, in `dist/chaincode-package` or the folder that is given: the contract and its
 * pure-JavaScript dependencies in one file beside the two Fabric libraries that stay external, so that the embedded
 * ledger, chaincode as a service and the peer's own Node builder all run the same bytes. Two builds of the same sources
 * are equal byte for byte: package ids are hashes.
 */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { z } from 'zod';

/** What a chaincode runs on beside its own code; they load parts of themselves by path, so they cannot be bundled. */
const EXTERNAL = ['fabric-contract-api', 'fabric-shim'] as const;

const root = new URL('../../', import.meta.url);
const target = process.argv[2]
  ? pathToFileURL(`${resolve(process.argv[2])}/`)
  : new URL('dist/chaincode-package/', root);

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
await bundle();
await writeFile(new URL('package.json', target), `${JSON.stringify(await packageDescription(), null, 2)}\n`);
await cp(new URL('chaincode/META-INF/', root), new URL('META-INF/', target), { recursive: true });
console.log(`chaincode package: ${fileURLToPath(target)}`);

/** From what `tsc` emitted: esbuild itself does not emit the decorators' metadata, and minifying loses parameter names. */
async function bundle(): Promise<void> {
  await build({
    absWorkingDir: fileURLToPath(root),
    entryPoints: ['dist/chaincode/index.js'],
    outfile: fileURLToPath(new URL('index.js', target)),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    external: [...EXTERNAL],
    // One copy of a library, whether the contract (CommonJS) or the core (ESM) asks for it.
    conditions: ['import'],
    legalComments: 'inline',
    logLevel: 'warning',
  });
}

async function packageDescription() {
  const { version, license } = await readJson(
    'chaincode/package.json',
    z.object({ version: z.string(), license: z.string() }),
  );
  const { dependencies, overrides } = await readJson(
    'package.json',
    z.object({ dependencies: z.record(z.string(), z.string()), overrides: z.record(z.string(), z.string()) }),
  );
  return {
    name: 'agent-audit-chaincode',
    version,
    license,
    private: true,
    type: 'commonjs',
    main: 'index.js',
    engines: { node: '>=20.19' },
    scripts: {
      // The peer's own Node builder runs `start`; a chaincode service runs `server`.
      start: 'fabric-chaincode-node start',
      server: 'fabric-chaincode-node server',
    },
    dependencies: Object.fromEntries(EXTERNAL.map((name) => [name, dependencies[name]])),
    overrides,
  };
}

async function readJson<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> {
  return schema.parse(JSON.parse(await readFile(new URL(path, root), 'utf8')));
}
