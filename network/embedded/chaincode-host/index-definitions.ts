import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { IndexDefinition } from '../ledger/types.js';

const direction = z.enum(['asc', 'desc']);
const field = z.union([z.string(), z.record(z.string(), direction)]);
const indexFile = z.object({
  index: z.object({
    fields: z.array(field).min(1),
    partial_filter_selector: z.record(z.string(), z.unknown()).optional(),
  }),
  ddoc: z.string().min(1),
  name: z.string().min(1),
  type: z.literal('json'),
});

/**
 * The CouchDB index definitions of a chaincode package, as a peer reads them.
 * @throws {Error} where one is not valid; a peer would fail to install the package
 */
export function readIndexDefinitions(packageDir: string, namespace: string): IndexDefinition[] {
  const folder = join(packageDir, 'META-INF', 'statedb', 'couchdb', 'indexes');
  return jsonFiles(folder).map((file) => {
    const parsed = indexFile.safeParse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
    if (!parsed.success) throw new Error(`the index definition ${file} is not valid`);
    const { index, ddoc, name } = parsed.data;
    return { namespace, ddoc, name, fields: index.fields.flatMap(fieldOf), filter: index.partial_filter_selector };
  });
}

function jsonFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .sort();
  } catch {
    return []; // a package without indexes
  }
}

function fieldOf(entry: z.output<typeof field>): IndexDefinition['fields'] {
  if (typeof entry === 'string') return [{ path: entry, direction: 'asc' }];
  return Object.entries(entry).map(([path, order]) => ({ path, direction: order }));
}
