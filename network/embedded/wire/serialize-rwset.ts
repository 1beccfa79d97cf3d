import protobuf from 'protobufjs/minimal.js';
import type { CollectionRwset, KeyRead, KeyWrite, NamespaceRwset, RangeRead, Version } from '../ledger/types.js';
import { writeBytes, writeFlag, writeMessage, writeText } from './write-fields.js';

type Writer = protobuf.Writer;

/** The serialized TxReadWriteSet of the data model KV; lists are written in the order given. */
export function serializeTxRwset(namespaces: readonly NamespaceRwset[]): Uint8Array {
  const writer = protobuf.Writer.create();
  writeTxRwset(writer, namespaces);
  return writer.finish();
}

export function writeTxRwset(writer: Writer, namespaces: readonly NamespaceRwset[]): void {
  for (const namespace of namespaces) writeMessage(writer, 2, () => writeNamespace(writer, namespace));
}

/** The serialized private KVRWSet that a collection's `pvtRwsetHash` is over. */
export function serializePrivateRwset(writes: readonly KeyWrite[]): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const write of writes) writeKeyWrite(writer, write);
  return writer.finish();
}

function writeNamespace(writer: Writer, { namespace, reads, rangeReads, writes, collections }: NamespaceRwset): void {
  writeText(writer, 1, namespace);
  if (reads.length + rangeReads.length + writes.length > 0) {
    writeMessage(writer, 2, () => {
      for (const read of reads) writeKeyRead(writer, read);
      for (const range of rangeReads) writeRangeRead(writer, range);
      for (const write of writes) writeKeyWrite(writer, write);
    });
  }
  for (const collection of collections) writeMessage(writer, 3, () => writeCollection(writer, collection));
}

function writeCollection(writer: Writer, { collection, pvtRwsetHash, ...hashed }: CollectionRwset): void {
  writeText(writer, 1, collection);
  if (hashed.hashedReads.length + hashed.hashedWrites.length > 0) {
    writeMessage(writer, 2, () => writeHashed(writer, hashed));
  }
  writeBytes(writer, 3, pvtRwsetHash);
}

type Hashed = Pick<CollectionRwset, 'hashedReads' | 'hashedWrites'>;

function writeHashed(writer: Writer, { hashedReads, hashedWrites }: Hashed): void {
  for (const { keyHash, version } of hashedReads) {
    writeMessage(writer, 1, () => {
      writeBytes(writer, 1, keyHash);
      writeVersion(writer, version);
    });
  }
  for (const { keyHash, isDelete, valueHash, isPurge } of hashedWrites) {
    writeMessage(writer, 2, () => {
      writeBytes(writer, 1, keyHash);
      writeFlag(writer, 2, isDelete);
      writeBytes(writer, 3, valueHash);
      writeFlag(writer, 4, isPurge);
    });
  }
}

function writeKeyRead(writer: Writer, { key, version }: KeyRead): void {
  writeMessage(writer, 1, () => {
    writeText(writer, 1, key);
    writeVersion(writer, version);
  });
}

function writeRangeRead(writer: Writer, { startKey, endKey, exhausted, reads }: RangeRead): void {
  writeMessage(writer, 2, () => {
    writeText(writer, 1, startKey);
    writeText(writer, 2, endKey);
    writeFlag(writer, 3, exhausted);
    writeMessage(writer, 4, () => {
      for (const read of reads) writeKeyRead(writer, read);
    });
  });
}

function writeKeyWrite(writer: Writer, { key, isDelete, value }: KeyWrite): void {
  writeMessage(writer, 3, () => {
    writeText(writer, 1, key);
    writeFlag(writer, 2, isDelete);
    writeBytes(writer, 3, value);
  });
}

function writeVersion(writer: Writer, version: Version | undefined): void {
  if (!version) return;
  const blockNum = Number(version.blockNum);
  writeMessage(writer, 2, () => {
    if (blockNum > 0) writer.uint32(1 << 3).uint64(blockNum);
    if (version.txNum > 0) writer.uint32(2 << 3).uint64(version.txNum);
  });
}
