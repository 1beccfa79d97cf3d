import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { loadDefinition } from '../../network/definition/index.js';
import { createGenesisBlock } from '../../network/native/channel.js';
import { layOut } from '../../network/native/layout.js';
import { findPrograms } from '../../network/native/programs.js';
import { useJudgedNetwork } from './fabric-programs.js';

interface Tree {
  [name: string]: Tree | string | number | null;
}

describe("the embedded network's blocks before Fabric's programs", () => {
  const judged = useJudgedNetwork();

  it('the genesis block is the one that configtxgen makes of the same consortium, but for addresses and random parts', async () => {
    const { probe } = judged();
    const layout = layOut(loadDefinition(), probe.dataDir, 7050);
    await createGenesisBlock(findPrograms() ?? assert.fail(), layout);
    const [ours, theirs] = [await judged().fetchDecoded('0'), await judged().decode(layout.genesisBlock)];
    assert.deepEqual(withoutPlace(ours), withoutPlace(theirs));
  });

  it('a data block is decoded down to the keys, the private hashes and the event', async () => {
    const { operator } = judged().probe;
    await operator.contract.submitTransaction('Announce', 'done', '{"a":1}');
    const block = await judged().fetchDecoded('newest');
    const results = at(block, 'data.data.0.payload.data.actions.0.payload.action.proposal_response_payload.extension');
    const written = at(results, 'results.ns_rwset.1');
    assert.equal(at(written, 'namespace'), 'audit');
    assert.equal(at(written, 'rwset.writes.0.key'), 'announced done');
    assert.equal(at(results, 'chaincode_id.name'), 'audit');
    assert.equal(at(results, 'events.event_name'), 'done');
    const input = at(
      block,
      'data.data.0.payload.data.actions.0.payload.chaincode_proposal_payload.input.chaincode_spec.input',
    );
    assert.equal(Buffer.from(String(at(input, 'args.0')), 'base64').toString(), 'Announce');
    assert.equal(at(block, 'data.data.0.payload.header.signature_header.creator.mspid'), 'OperatorMSP');

    await operator.contract.submit('PutPrivate', { arguments: ['secret'], transientData: { value: 'known to few' } });
    const withPrivate = await judged().fetchDecoded('newest');
    const collection = at(
      withPrivate,
      'data.data.0.payload.data.actions.0.payload.action.proposal_response_payload.extension.results.ns_rwset.1.collection_hashed_rwset.0',
    );
    assert.equal(at(collection, 'collection_name'), 'eventPayloads');
    // configtxlator leaves the hashes of a real block as bytes too: it must be asked for them.
    const hashes = await judged().decodeBytes('kvrwset.HashedRWSet', String(at(collection, 'hashed_rwset')));
    assert.equal(at(hashes, 'hashed_writes.0.key_hash'), createHash('sha256').update('secret').digest('base64'));
  });

  it('ledgerutil finds nothing in the block files, and finds a changed byte', async () => {
    const { probe, work } = judged();
    await probe.operator.contract.submitTransaction('Put', 'checked', '1');
    const copy = join(work, 'copy');
    cpSync(join(probe.dataDir, 'ledger'), copy, { recursive: true });
    const verify = (name: string): Promise<string> =>
      judged().run('ledgerutil', ['verify', '-o', join(work, name), copy]);
    assert.match(await verify('sound'), /No error is found/);

    const file = join(copy, 'ledgersData', 'chains', 'chains', 'audit', 'blockfile_000000');
    const bytes = readFileSync(file);
    const position = bytes.lastIndexOf('checked');
    bytes[position] = (bytes[position] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    const found = await verify('damaged').catch((error: unknown) => String(error));
    assert.doesNotMatch(found, /No error is found/);
  });
});

/** What of a first block depends on where the network is, and on when it was made. */
function withoutPlace(block: unknown): unknown {
  const varying = new Set(['host', 'port', 'addresses', 'timestamp', 'nonce', 'tx_id', 'data_hash', 'metadata']);
  if (Array.isArray(block)) return block.map(withoutPlace);
  if (typeof block !== 'object' || block === null) return block;
  return Object.fromEntries(
    Object.entries(block).map(([name, value]) => [
      name,
      varying.has(name) && (name !== 'metadata' || Array.isArray(value)) ? '…' : withoutPlace(value),
    ]),
  );
}

function at(tree: unknown, path: string): unknown {
  let found = tree;
  for (const name of path.split('.')) {
    assert.ok(typeof found === 'object' && found !== null && name in found, `${name} of ${path} is not decoded`);
    found = (found as Tree)[name];
  }
  return found;
}
