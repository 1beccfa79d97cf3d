import { gzipSync } from 'node:zlib';

/** A file in an archive, by its path with forward slashes. */
export interface ArchiveEntry {
  path: string;
  data: Uint8Array;
}

const BLOCK_BYTES = 512;

/**
 * A gzipped tar archive (POSIX ustar) that is the same, byte for byte, for the same entries: sorted by path, and with
 * no times, owners or modes of the machine it is made on.
 */
export function tarGz(entries: readonly ArchiveEntry[]): Buffer {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1));
  const blocks = sorted.flatMap(({ path, data }) => [header(path, data.length), data, padding(data.length)]);
  // Stored, not compressed: what a compressor makes of the same bytes differs between versions of zlib, and so of Node.
  const archive = gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK_BYTES)]), { level: 0 });
  // RFC 1952, 2.3.1: the byte that names the operating system; 255 is "unknown".
  archive[9] = 255;
  return archive;
}

function padding(length: number): Buffer {
  return Buffer.alloc((BLOCK_BYTES - (length % BLOCK_BYTES)) % BLOCK_BYTES);
}

function header(path: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  if (Buffer.byteLength(path) > 100) throw new RangeError(`${path} is too long for a tar header`);
  block.write(path, 0);
  block.write(octal(0o644, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(size, 12), 124);
  block.write(octal(0, 12), 136);
  // The checksum is the sum of the header's bytes with spaces in its own place.
  block.write(' '.repeat(8), 148);
  block.write('0', 156);
  block.write('ustar\0', 257);
  block.write('00', 263);
  const checksum = block.reduce((sum, byte) => sum + byte, 0);
  block.write(`${octal(checksum, 7)} `, 148);
  return block;
}

/** Digits, then a NUL. */
function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`;
}
