import { common } from '@hyperledger/fabric-protos';
import protobuf from 'protobufjs/minimal.js';
import type { BlockParts } from './types.js';

/** Indexes into a block's metadata (common.BlockMetadataIndex). */
export const MetadataIndex = {
  SIGNATURES: 0,

  TRANSACTIONS_FILTER: 2,
  COMMIT_HASH: 4,
  COUNT: 5,
} as const;

/** The serialized common.Block of parts. */
export function serializeBlock(parts: BlockParts): Uint8Array {
  const header = new common.BlockHeader();
  header.setNumber(parts.number);
  header.setPreviousHash(parts.previousHash);
  header.setDataHash(parts.dataHash);
  const data = new common.BlockData();
  data.setDataList(parts.envelopes);
  const metadata = new common.BlockMetadata();
  metadata.setMetadataList(parts.metadata);
  const block = new common.Block();
  block.setHeader(header);
  block.setData(data);
  block.setMetadata(metadata);
  return block.serializeBinary();
}

/**
 * A block as Fabric's block files hold it: a varint of the length, then number, data hash, previous hash, and two
 * counted lists of length-prefixed items: envelopes, metadata. It is no protobuf message.
 */
export function encodeBlockRecord(parts: BlockParts): Uint8Array {
  const writer = protobuf.Writer.create().fork();
  writer.uint64(parts.number).bytes(parts.dataHash).bytes(parts.previousHash);
  for (const items of [parts.envelopes, parts.metadata]) {
    writer.uint64(items.length);
    for (const item of items) writer.bytes(item);
  }
  return writer.ldelim().finish();
}

/** What stands at an offset of a block file. `end` is the offset behind it. */
export type BlockRecord =
  | { kind: 'block'; parts: BlockParts; end: number }
  /** The file ends inside the record. */
  | { kind: 'torn' }
  | { kind: 'damaged'; reason: string };

/**
 * Reads one record. The parts are views of `file`.
 * A length that reaches beyond the file is a torn tail only if what is there is really cut off: if a whole block
 * stands there, it is the length that is damaged.
 */
export function decodeBlockRecord(file: Uint8Array, offset: number): BlockRecord {
  const reader = protobuf.Reader.create(file);
  reader.pos = offset;
  const length = readVarint(reader);
  if (length === 'cut') return { kind: 'torn' };
  if (length === 'overlong') return { kind: 'damaged', reason: 'its length is not a varint' };
  const start = reader.pos;
  const cut = start + length > file.length;
  const end = cut ? file.length : start + length;
  const parts = readParts(protobuf.Reader.create(file.subarray(start, end)));
  if (parts === 'overlong') return { kind: 'damaged', reason: 'a length in it is not a varint' };
  if (parts === 'cut') {
    return cut ? { kind: 'torn' } : { kind: 'damaged', reason: 'its parts do not fit its length' };
  }
  if (cut) return { kind: 'damaged', reason: 'its length does not fit its parts' };
  if (start + parts.length !== end) return { kind: 'damaged', reason: 'its parts do not fill its length' };
  return { kind: 'block', parts: parts.value, end };
}

type Unread = 'cut' | 'overlong';

function readParts(reader: protobuf.Reader): { value: BlockParts; length: number } | Unread {
  const number = readVarint(reader);
  if (typeof number === 'string') return number;
  const dataHash = readBytes(reader);
  if (typeof dataHash === 'string') return dataHash;
  const previousHash = readBytes(reader);
  if (typeof previousHash === 'string') return previousHash;
  const envelopes = readItems(reader);
  if (typeof envelopes === 'string') return envelopes;
  const metadata = readItems(reader);
  if (typeof metadata === 'string') return metadata;
  return { value: { number, previousHash, dataHash, envelopes, metadata }, length: reader.pos };
}

function readItems(reader: protobuf.Reader): Uint8Array[] | Unread {
  const count = readVarint(reader);
  if (typeof count === 'string') return count;
  const items: Uint8Array[] = [];
  for (let index = 0; index < count; index++) {
    const item = readBytes(reader);
    if (typeof item === 'string') return item;
    items.push(item);
  }
  return items;
}

function readBytes(reader: protobuf.Reader): Uint8Array | Unread {
  const length = readVarint(reader);
  if (typeof length === 'string') return length;
  if (reader.pos + length > reader.len) return 'cut';
  const start = reader.pos;
  reader.pos += length;
  return reader.buf.subarray(start, reader.pos);
}

/** Up to 2^53; the longest legal form of a larger number does not occur in a ledger. */
function readVarint(reader: protobuf.Reader): number | Unread {
  let value = 0;
  for (let shift = 0; shift < 53; shift += 7) {
    const byte = reader.buf[reader.pos];
    if (byte === undefined || reader.pos >= reader.len) return 'cut';
    reader.pos += 1;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
  return 'overlong';
}
