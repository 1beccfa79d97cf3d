import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TRANSACTIONS } from '../../../core/index.js';
import { loadDefinition } from '../../../network/definition/index.js';
import { collectionsConfig } from '../../../network/native/lifecycle.js';
import { ALL_INDEXES } from '../../../chaincode/query/indexes.js';

const root = new URL('../../../../', import.meta.url);
const packageFolder = new URL('dist/chaincode-package/', root);
const require = createRequire(import.meta.url);

interface ContractMetadata {
  contracts: Record<
    string,
    {
      transactions: {
        name: string;
        tag: string[];
        parameters: { name: string; schema: { type: string } }[];
        returns: { type: string };
      }[];
    }
  >;
}

describe('the chaincode package', () => {
  it('states the name and type of every parameter in the contract metadata', () => {
    const { transactions } = readMetadata().contracts['AuditContract'] ?? assert.fail('no AuditContract');
    const described = transactions.map(({ name, tag, parameters, returns }) => ({
      name,
      writes: tag.includes('SUBMIT'),
      parameters: parameters.map((parameter) => `${parameter.name}: ${parameter.schema.type}`),
      returns: returns.type,
    }));
    const reads = (name: string, ...parameters: string[]) => ({ name, writes: false, parameters, returns: 'string' });
    const writes = (name: string, ...parameters: string[]) => ({ ...reads(name, ...parameters), writes: true });
    assert.deepEqual(described, [
      writes('RecordEvents', 'optionsJson: string'),
      writes('AttestEvent', 'eventReference: string', 'attestationJson: string'),
      writes('AttestBlocks', 'rangeJson: string'),
      reads('ReadEvent', 'eventReference: string'),
      reads('ReadPayload', 'eventReference: string'),
      reads('ReadHistory', 'eventReference: string', 'pageJson: string'),
      reads('ProveEvent', 'eventReference: string', 'challenge: string'),
      reads('ProveSession', 'session: string', 'fromSeq: string', 'challenge: string'),
      reads('ProveAbsence', 'eventReference: string', 'challenge: string'),
      reads('ProveQuery', 'queryJson: string', 'challenge: string'),
      reads('ReadHeads', 'sessionsJson: string'),
      reads('ReadSession', 'sessionJson: string', 'rangeJson: string'),
      reads('QueryEvents', 'queryJson: string'),
      reads('QuerySessions', 'queryJson: string'),
      writes('RegisterKey', 'requestJson: string'),
      writes('RevokeKey', 'requestJson: string'),
      reads('ReadKeys', 'agentJson: string', 'pageJson: string'),
      reads('ReadBlockAttestations'),
      reads('ReadContractInfo'),
    ]);
    assert.deepEqual(new Set(described.map(({ name }) => name)), new Set(Object.values(TRANSACTIONS)));
  });

  it('is the same bytes each time it is built', () => {
    const other = mkdtempSync(join(tmpdir(), 'audit-package-'));
    try {
      execFileSync(process.execPath, ['dist/scripts/build-chaincode.js', other], { cwd: root, stdio: 'pipe' });
      const digests = digestsOf(other);
      assert.deepEqual(digests, digestsOf(fileURLToPath(packageFolder)));
      assert.equal(digests.length, 2 + ALL_INDEXES.length);
    } finally {
      rmSync(other, { recursive: true });
    }
  });

  it('pins the versions of what it needs', () => {
    const { dependencies, scripts } = JSON.parse(readFileSync(new URL('package.json', packageFolder), 'utf8')) as {
      dependencies: Record<string, string>;
      scripts: Record<string, string>;
    };
    assert.deepEqual(Object.keys(dependencies), ['fabric-contract-api', 'fabric-shim']);
    for (const version of Object.values(dependencies)) assert.match(version, /^\d+\.\d+\.\d+$/);
    assert.deepEqual(scripts, { start: 'fabric-chaincode-node start', server: 'fabric-chaincode-node server' });
  });

  it('comes with the collections that the consortium defines', () => {
    // The collections' endorsement policy is the contract's: both are written by one transaction.
    const collections: unknown = JSON.parse(readFileSync(new URL('chaincode/collections.json', root), 'utf8'));
    assert.deepEqual(collections, collectionsConfig(loadDefinition()));
  });

  it('defines the indexes that the contract tells the state database to use', () => {
    const folder = new URL('META-INF/statedb/couchdb/indexes/', packageFolder);
    const definitions = readdirSync(folder).map((name): unknown =>
      JSON.parse(readFileSync(new URL(name, folder), 'utf8')),
    );
    const expected = ALL_INDEXES.map(({ ddoc, name, holds, fields }) => ({
      index: { fields, partial_filter_selector: { doc_type: holds } },
      ddoc,
      name,
      type: 'json',
    }));
    const byName = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
    assert.deepEqual(definitions.toSorted(byName), expected.toSorted(byName));
  });
});

function readMetadata(): ContractMetadata {
  const { contracts } = require(`${packageFolder.pathname}index.js`) as { contracts: unknown[] };
  const ChaincodeFromContract = require('fabric-shim/lib/contract-spi/chaincodefromcontract.js') as new (
    contracts: unknown[],
    serializers: object,
    metadata: object,
  ) => { metadata: ContractMetadata };
  const { JSONSerializer } = require('fabric-contract-api') as { JSONSerializer: unknown };
  const serializers = { transaction: 'jsonSerializer', serializers: { jsonSerializer: JSONSerializer } };
  return new ChaincodeFromContract([...contracts], serializers, {}).metadata;
}

function digestsOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      const digest = createHash('sha256')
        .update(readFileSync(`${parentPath}/${name}`))
        .digest('hex');
      return `${name} ${digest}`;
    })
    .sort();
}
