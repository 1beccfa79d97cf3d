import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';

/** Writes a configuration that only its owner may read. Fabric's parser gets no anchors and no folded lines. */
export function writeYaml(file: string, value: object): void {
  writeFileSync(file, stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 }), { mode: 0o600 });
}
