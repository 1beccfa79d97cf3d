import { createHash } from 'node:crypto';
import { common } from '@hyperledger/fabric-protos';
import protobuf from 'protobufjs/minimal.js';
import { compareUtf8 } from '../wire/utf8-order.js';
import type { UpdateBatch } from './update-batch.js';

/**
 * Fabric's commit hash: SHA-256 over the validation flags with their length, the block's writes in a fixed order, and
 * the commit hash of the block before. Peers that agree on it agree on the whole state. The first block has none.
 */
export function commitHash(block: number, flags: Uint8Array, updates: UpdateBatch, previous: Uint8Array): Uint8Array {
  return createHash('sha256')
    .update(protobuf.Writer.create().uint64(flags.length).finish())
    .update(flags)
    .update(serializeUpdates(block, updates))
    .update(previous)
    .digest();
}

/** A block's COMMIT_HASH metadata. */
export function commitHashMetadata(hash: Uint8Array): Uint8Array {
  const metadata = new common.Metadata();
  metadata.setValue(hash);
  return metadata.serializeBinary();
}

/** Repeated names of a namespace or collection are left out (txmgr.Updates in Fabric's kvledger). */
function serializeUpdates(block: number, updates: UpdateBatch): Uint8Array {
  const writer = protobuf.Writer.create();
  const versionOf = versionsIn(block);
  for (const [namespace, { state, collections }] of sortedByUtf8(updates.namespaces)) {
    if (namespace === '') continue;
    let names: WriteNames = { namespace };
    for (const [key, { value, txNum }] of sortedByUtf8(state)) {
      writeUpdate(writer, names, Buffer.from(key), value, versionOf(txNum));
      names = {};
    }
    for (const [collection, ofCollection] of sortedByUtf8(collections)) {
      names = { ...names, collection };
      // Hex sorts as the bytes do.
      for (const [, { keyHash, valueHash, txNum }] of sortedByUtf8(ofCollection)) {
        writeUpdate(writer, names, keyHash, valueHash, versionOf(txNum));
        names = {};
      }
    }
  }
  return writer.finish();
}

interface WriteNames {
  namespace?: string;
  collection?: string;
}

function writeUpdate(
  writer: protobuf.Writer,
  { namespace, collection }: WriteNames,
  key: Uint8Array,
  value: Uint8Array | null,
  version: Uint8Array,
): void {
  writer.uint32((1 << 3) | 2).fork();
  if (namespace !== undefined) writer.uint32((1 << 3) | 2).string(namespace);
  if (collection !== undefined) writer.uint32((2 << 3) | 2).string(collection);
  if (key.length > 0) writer.uint32((3 << 3) | 2).bytes(key);
  if (value === null) writer.uint32(4 << 3).bool(true);
  else writer.uint32((5 << 3) | 2).bytes(value);
  writer.uint32((6 << 3) | 2).bytes(version);
  writer.ldelim();
}

/** The serialized versions of a block's transactions, each made once. */
function versionsIn(block: number): (txNum: number) => Uint8Array {
  const known: Uint8Array[] = [];
  return (txNum) => (known[txNum] ??= versionBytes(block, txNum));
}

/** Each number as the count of its significant bytes and these bytes, big-endian. */
function versionBytes(block: number, txNum: number): Uint8Array {
  return Buffer.concat([block, txNum].map(orderPreserving));
}

function orderPreserving(number: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(number));
  const significant = bytes.subarray(8 - Math.ceil(number.toString(2).replace(/^0$/, '').length / 8));
  return Buffer.concat([Buffer.from([significant.length]), significant]);
}

function sortedByUtf8<Value>(map: Map<string, Value>): [string, Value][] {
  return [...map].sort(([left], [right]) => compareUtf8(left, right));
}
