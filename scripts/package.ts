import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { loadDefinition } from '../network/definition/index.js';
import { nodePackage, servicePackage } from '../network/native/index.js';

/**
 * `npm run package`: the chaincode packages for real Fabric networks, in `dist/`. The same sources make the same
 * bytes, so organizations that build them apart get the same package id.
 */
const { values } = parseArgs({
  options: {
    // Where a peer finds the chaincode service; Fabric's own builder fills in the peer's name.
    address: { type: 'string', default: '{{.peername}}-audit:9999' },
  },
});

const dist = join(import.meta.dirname, '..');
const bundle = join(dist, 'chaincode-package');
const { name, version } = loadDefinition().chaincode;
const label = `${name}_${version}`;
const packages = {
  ccaas: servicePackage(label, bundle, { address: values.address }),
  node: nodePackage(label, bundle),
};

mkdirSync(join(dist, 'packages'), { recursive: true });
for (const [type, { id, bytes }] of Object.entries(packages)) {
  const file = join(dist, 'packages', `${label}-${type}.tar.gz`);
  writeFileSync(file, bytes);
  console.log(`${relative(process.cwd(), file)}\n  ${id}`);
}
