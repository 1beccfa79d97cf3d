import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { common, ledger, peer } from '@hyperledger/fabric-protos';
import { canonicalize, hashCore } from '../../core/index.js';
import type { EventCore, JsonValue } from '../../core/index.js';
import { loadDefinition } from '../../network/definition/index.js';
import { ledgerDir, loadMaterial } from '../../network/embedded/data-dir.js';
import type { ConsortiumMaterial } from '../../network/embedded/data-dir.js';
import { blockFileSeries, blockHash, scanBlocks } from '../../network/embedded/ledger/block-scan.js';
import { encodeBlockRecord } from '../../network/embedded/ledger/block-serialization.js';
import type { BlockParts } from '../../network/embedded/ledger/types.js';
import { indexPath } from '../../network/embedded/ledger/ledger-index.js';
import { fileName } from '../../network/embedded/ledger/rolled-files.js';
import {
  expectedCommitHash,
  storedCodes,
  storedTransactions,
  storedUpdates,
  withFinalMetadata,
} from '../../network/embedded/ledger/stored-block.js';
import { Signer } from '../../network/embedded/msp/signer.js';
import { newBlock } from '../../network/embedded/wire/new-block.js';

/**
 * What somebody could do who has every key: the blocks of an embedded network that does not run, written anew from the
 * one that recorded one event, with all hashes, flags and signatures as they should be.
 * @param change of the event's core, which must be the last of its session.
 */
export async function rewriteEvent(dataDir: string, block: number, change: (core: EventCore) => void): Promise<void> {
  const material = loadMaterial(dataDir, loadDefinition());
  const blocks = await readBlocks(dataDir);
  const target = blocks[block];
  if (!target) throw new Error(`there is no block ${block}`);
  target.envelopes = target.envelopes.map((envelope) => rewriteEnvelope(envelope, change, material));
  await writeBlocks(dataDir, rechain(blocks, material));
}

/** The ledger of an embedded network that does not run, without its last blocks. */
export async function cutOff(dataDir: string, height: number): Promise<void> {
  await writeBlocks(dataDir, (await readBlocks(dataDir)).slice(0, height));
}

async function readBlocks(dataDir: string): Promise<BlockParts[]> {
  const blocks: BlockParts[] = [];
  for await (const { parts } of scanBlocks(blockFileSeries(ledgerDir(dataDir), loadDefinition().channel))) {
    blocks.push({ ...parts });
  }
  return blocks;
}

/** The peer rebuilds its index from the blocks. */
async function writeBlocks(dataDir: string, blocks: readonly BlockParts[]): Promise<void> {
  const { channel } = loadDefinition();
  const series = blockFileSeries(ledgerDir(dataDir), channel);
  await writeFile(join(series.directory, fileName(series, 0)), Buffer.concat(blocks.map(encodeBlockRecord)));
  const index = indexPath(ledgerDir(dataDir), channel);
  for (const file of [index, `${index}-wal`, `${index}-shm`]) await rm(file, { force: true });
}

/** Every block behind the first that changed gets another previous hash, and the orderer's signature over it. */
function rechain(blocks: readonly BlockParts[], { orderer }: ConsortiumMaterial): BlockParts[] {
  const [node] = orderer.orderers;
  if (!node) throw new Error('there is no orderer');
  const signer = new Signer(node.mspId, node.certificatePem, node.privateKeyPem);
  let previousHash: Uint8Array = new Uint8Array();
  let commitHash: Uint8Array = new Uint8Array();
  return blocks.map((block) => {
    const codes = storedCodes(block) ?? [];
    const updates = storedUpdates(storedTransactions(block, codes));
    const ordered = block.number === 0 ? block : newBlock(BigInt(block.number), previousHash, block.envelopes, signer);
    commitHash = expectedCommitHash(block.number, codes, updates, commitHash);
    previousHash = blockHash(ordered);
    return withFinalMetadata(ordered, codes, commitHash);
  });
}

function rewriteEnvelope(
  bytes: Uint8Array,
  change: (core: EventCore) => void,
  { organizations }: ConsortiumMaterial,
): Uint8Array {
  const envelope = common.Envelope.deserializeBinary(bytes);
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const transaction = peer.Transaction.deserializeBinary(payload.getData_asU8());
  const action = transaction.getActionsList()[0] ?? new peer.TransactionAction();
  const actionPayload = peer.ChaincodeActionPayload.deserializeBinary(action.getPayload_asU8());
  const endorsed = actionPayload.getAction() ?? new peer.ChaincodeEndorsedAction();
  const response = peer.ProposalResponsePayload.deserializeBinary(endorsed.getProposalResponsePayload_asU8());
  response.setExtension$(rewriteAction(response.getExtension_asU8(), change));
  endorsed.setProposalResponsePayload(response.serializeBinary());
  const peers = organizations.flatMap((organization) => organization.peers);
  endorsed.setEndorsementsList(
    peers.map(({ mspId, certificatePem, privateKeyPem }) => {
      const signer = new Signer(mspId, certificatePem, privateKeyPem);
      const endorsement = new peer.Endorsement();
      endorsement.setEndorser(signer.creator);
      endorsement.setSignature(signer.sign(Buffer.concat([response.serializeBinary(), signer.creator])));
      return endorsement;
    }),
  );
  actionPayload.setAction(endorsed);
  action.setPayload(actionPayload.serializeBinary());
  transaction.setActionsList([action]);
  payload.setData(transaction.serializeBinary());
  const [client] = organizations[0]?.clients ?? [];
  if (!client) throw new Error('the first organization has no client');
  envelope.setPayload(payload.serializeBinary());
  envelope.setSignature(
    new Signer(client.mspId, client.certificatePem, client.privateKeyPem).sign(payload.serializeBinary()),
  );
  return envelope.serializeBinary();
}

function rewriteAction(bytes: Uint8Array, change: (core: EventCore) => void): Uint8Array {
  const action = peer.ChaincodeAction.deserializeBinary(bytes);
  const results = ledger.rwset.TxReadWriteSet.deserializeBinary(action.getResults_asU8());
  for (const namespace of results.getNsRwsetList()) {
    const set = ledger.rwset.kvrwset.KVRWSet.deserializeBinary(namespace.getRwset_asU8());
    let hash = '';
    for (const write of set.getWritesList()) {
      const document = readDocument(write.getValue_asU8());
      for (const event of document?.events ?? []) {
        change(event.core);
        hash = event.hash = hashCore(event.core);
      }
      if (document?.events) write.setValue(writeDocument(document));
    }
    for (const write of set.getWritesList()) {
      const document = readDocument(write.getValue_asU8());
      if (document?.doc_type === 'head') write.setValue(writeDocument({ ...document, hash }));
    }
    namespace.setRwset(set.serializeBinary());
  }
  action.setResults(results.serializeBinary());
  return action.serializeBinary();
}

interface Written {
  doc_type: string;
  events?: { core: EventCore; hash: string }[];
}

function readDocument(value: Uint8Array): Written | undefined {
  try {
    return JSON.parse(Buffer.from(value).toString()) as Written;
  } catch {
    return undefined;
  }
}

function writeDocument(document: object): Uint8Array {
  return Buffer.from(canonicalize(document as JsonValue, 80));
}
