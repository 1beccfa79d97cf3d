import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import protobuf from 'protobufjs/minimal.js';
import { LedgerError } from './ledger-error.js';
import { parsePrivateWrites } from './parse-rwset.js';
import { fileName, listFiles, readFrom } from './rolled-files.js';
import type { FileSeries, RecordLocation, SeriesEnd } from './rolled-files.js';
import type { PrivateWrites } from './types.js';

/** The private writes that arrived with one block. Every block that has hashes of private writes has a record. */
export interface PrivateRecord {
  blockNum: number;
  writes: PrivateWrites[];
}

export interface ScannedPrivateRecord extends PrivateRecord {
  location: RecordLocation;
}

/**
 * Frame of a record: length of the body, CRC-32 of these four bytes, CRC-32 of the body, each 32 bits little-endian.
 * The first CRC tells a torn tail from a damaged length.
 */
const FRAME_BYTES = 12;

export function privateFileSeries(dir: string, channel: string): FileSeries {
  return { directory: join(dir, 'privateData', channel), prefix: 'privatedata_' };
}

export function encodePrivateRecord({ blockNum, writes }: PrivateRecord): Uint8Array {
  const writer = protobuf.Writer.create();
  // The frame's place: what stands in it is known at the end.
  for (let bytes = 0; bytes < FRAME_BYTES; bytes += 4) writer.fixed32(0);
  writer.uint64(blockNum).uint32(writes.length);
  for (const { txNum, namespace, collection, rwset } of writes) {
    writer.uint32(txNum).string(namespace).string(collection).bytes(rwset);
  }
  const written = writer.finish();
  const record = Buffer.from(written.buffer, written.byteOffset, written.length);
  const body = record.subarray(FRAME_BYTES);
  record.writeUInt32LE(body.length, 0);
  record.writeUInt32LE(crc32(record.subarray(0, 4)), 4);
  record.writeUInt32LE(crc32(body), 8);
  return record;
}

/** @throws {LedgerError} PRIVATE_DATA_DAMAGED where `bytes` are not one whole record. */
export function decodePrivateRecord(bytes: Uint8Array): PrivateRecord {
  const record = readRecord(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), 0);
  if (typeof record === 'string') throw new LedgerError('PRIVATE_DATA_DAMAGED', `a private-data record is ${record}`);
  return decodeBody(record);
}

/** Where reading starts. */
export type PrivateScanStart = Pick<RecordLocation, 'file' | 'offset'>;

/**
 * Reads the private-data records in order.
 * @returns where the whole records end; behind it there is at most a torn rest.
 * @throws {LedgerError} PRIVATE_DATA_DAMAGED naming file and byte
 */
export async function* scanPrivateRecords(
  series: FileSeries,
  start: PrivateScanStart = { file: 0, offset: 0 },
): AsyncGenerator<ScannedPrivateRecord, SeriesEnd> {
  const files = (await listFiles(series)).slice(start.file);
  let end: SeriesEnd = { file: start.file, size: start.offset };
  for (const file of files) {
    const base = file === start.file ? start.offset : 0;
    const bytes = await readFrom(series, file, base);
    let position = 0;
    while (position < bytes.length) {
      const body = readRecord(bytes, position);
      if (body === 'torn' && file === files.at(-1)) break;
      const offset = base + position;
      const place = { file: fileName(series, file), offset };
      if (typeof body === 'string') throw new LedgerError('PRIVATE_DATA_DAMAGED', `the record is ${body}`, place);
      const length = FRAME_BYTES + body.length;
      yield { ...decodeBody(body), location: { file, offset, length } };
      position += length;
    }
    end = { file, size: base + position };
  }
  return end;
}

function readRecord(bytes: Buffer, offset: number): Uint8Array | 'torn' | 'damaged' {
  if (offset + FRAME_BYTES > bytes.length) return 'torn';
  const length = bytes.readUInt32LE(offset);
  if (crc32(bytes.subarray(offset, offset + 4)) !== bytes.readUInt32LE(offset + 4)) return 'damaged';
  const start = offset + FRAME_BYTES;
  if (start + length > bytes.length) return 'torn';
  const body = bytes.subarray(start, start + length);
  return crc32(body) === bytes.readUInt32LE(offset + 8) ? body : 'damaged';
}

function decodeBody(body: Uint8Array): PrivateRecord {
  const reader = protobuf.Reader.create(body);
  const blockNum = Number(reader.uint64());
  const count = reader.uint32();
  const writes: PrivateWrites[] = [];
  for (let index = 0; index < count; index++) {
    const txNum = reader.uint32();
    const namespace = reader.string();
    const collection = reader.string();
    const rwset = reader.bytes();
    writes.push({ txNum, namespace, collection, rwset, writes: parsePrivateWrites(rwset) });
  }
  return { blockNum, writes };
}
