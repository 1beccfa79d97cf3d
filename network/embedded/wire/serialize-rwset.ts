import protobuf from 'protobufjs/minimal.js';
import type { CollectionRwset, KeyRead, KeyWrite, NamespaceRwset, RangeRead, Version } from '../ledger/types.js';

type Writer = protobuf.Writer;

/**
 * The serialized TxReadWriteSet of the data model KV; lists are written in the order given. Written straight into one
 * buffer, as generated code would write it: its message objects cost several times as much.
 */
export function serializeTxRwset(namespaces: readonly NamespaceRwset[]): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const namespace of namespaces) {
    open(writer, 2);
    writeNamespace(writer, namespace);
    writer.ldelim();
  }
  return writer.finish();
}

/** The serialized private KVRWSet that a collection's `pvtRwsetHash` is over. */
export function serializePrivateRwset(writes: readonly KeyWrite[]): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const write of writes) writeKeyWrite(writer, write);
  return writer.finish();
}

function writeNamespace(writer: Writer, { namespace, reads, rangeReads, writes, collections }: NamespaceRwset): void {
  text(writer, 1, namespace);
  if (reads.length + rangeReads.length + writes.length > 0) {
    open(writer, 2);
    for (const read of reads) writeKeyRead(writer, 1, read);
    for (const range of rangeReads) writeRangeRead(writer, range);
    for (const write of writes) writeKeyWrite(writer, write);
    writer.ldelim();
  }
  for (const collection of collections) writeCollection(writer, collection);
}

function writeCollection(
  writer: Writer,
  { collection, hashedReads, hashedWrites, pvtRwsetHash }: CollectionRwset,
): void {
  open(writer, 3);
  text(writer, 1, collection);
  if (hashedReads.length + hashedWrites.length > 0) {
    open(writer, 2);
    for (const { keyHash, version } of hashedReads) {
      open(writer, 1);
      bytes(writer, 1, keyHash);
      writeVersion(writer, version);
      writer.ldelim();
    }
    for (const { keyHash, isDelete, valueHash, isPurge } of hashedWrites) {
      open(writer, 2);
      bytes(writer, 1, keyHash);
      flag(writer, 2, isDelete);
      bytes(writer, 3, valueHash);
      flag(writer, 4, isPurge);
      writer.ldelim();
    }
    writer.ldelim();
  }
  bytes(writer, 3, pvtRwsetHash);
  writer.ldelim();
}

function writeKeyRead(writer: Writer, field: number, { key, version }: KeyRead): void {
  open(writer, field);
  text(writer, 1, key);
  writeVersion(writer, version);
  writer.ldelim();
}

function writeRangeRead(writer: Writer, { startKey, endKey, exhausted, reads }: RangeRead): void {
  open(writer, 2);
  text(writer, 1, startKey);
  text(writer, 2, endKey);
  flag(writer, 3, exhausted);
  open(writer, 4);
  for (const read of reads) writeKeyRead(writer, 1, read);
  writer.ldelim().ldelim();
}

function writeKeyWrite(writer: Writer, { key, isDelete, value }: KeyWrite): void {
  open(writer, 3);
  text(writer, 1, key);
  flag(writer, 2, isDelete);
  bytes(writer, 3, value);
  writer.ldelim();
}

function writeVersion(writer: Writer, version: Version | undefined): void {
  if (!version) return;
  const blockNum = Number(version.blockNum);
  open(writer, 2);
  if (blockNum > 0) writer.uint32(1 << 3).uint64(blockNum);
  if (version.txNum > 0) writer.uint32(2 << 3).uint64(version.txNum);
  writer.ldelim();
}

/** What is as by default is left out. */
function text(writer: Writer, field: number, value: string): void {
  if (value !== '') tag(writer, field).string(value);
}

function bytes(writer: Writer, field: number, value: Uint8Array): void {
  if (value.length > 0) tag(writer, field).bytes(value);
}

function flag(writer: Writer, field: number, value: boolean): void {
  if (value) writer.uint32(field << 3).bool(true);
}

/** Begins a message in a message, to be ended by `ldelim`. */
function open(writer: Writer, field: number): void {
  tag(writer, field).fork();
}

/** Of a field that says how long it is. */
function tag(writer: Writer, field: number): Writer {
  return writer.uint32((field << 3) | 2);
}
