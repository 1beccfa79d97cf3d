import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The peer's external builder for chaincode as a service (Fabric: "External builders and launchers"). The chaincode is
 * running already, so all it does is to hand the peer the address and the index definitions of the package.
 */
export const BUILDER_NAME = 'audit-ccaas';

/** Stands in a package for the address: peers of one organization share a package, but each has a service of its own. */
export const ADDRESS_PLACEHOLDER = '{{chaincode_address}}';
/** The environment variable of a peer that says where its chaincode service is. */
export const ADDRESS_VARIABLE = 'AUDIT_CHAINCODE_ADDRESS';

/** Arguments: detect SOURCE METADATA, build SOURCE METADATA OUTPUT, release OUTPUT RELEASE. */
const SCRIPTS = {
  detect: 'grep -q \'"type": *"ccaas"\' "$2/metadata.json"',
  build: 'cp "$1/connection.json" "$3/"\nif [ -d "$1/META-INF" ]; then cp -R "$1/META-INF" "$3/"; fi',
  release:
    'mkdir -p "$2/chaincode/server"\n' +
    `sed "s/${ADDRESS_PLACEHOLDER}/$${ADDRESS_VARIABLE}/" "$1/connection.json" > "$2/chaincode/server/connection.json"\n` +
    'if [ -d "$1/META-INF/statedb" ]; then cp -R "$1/META-INF/statedb" "$2/"; fi',
};

export function writeChaincodeBuilder(folder: string): void {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(SCRIPTS)) {
    const file = join(bin, name);
    writeFileSync(file, `#!/bin/sh\nset -eu\n${text}\n`);
    chmodSync(file, 0o700);
  }
}
