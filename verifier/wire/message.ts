import { check, refuse } from '../faults.js';

const TAG_BITS = 3n;
const MAX_UINT64 = (1n << 64n) - 1n;
/** Of one message; every field is kept apart, and a stranger's file has room for millions of empty ones. */
const MOST_FIELDS = 100_000;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * One message of protocol buffers, read strictly: only the wire types that Fabric's messages use (varint, bytes), only
 * fields that are known, singular fields at most once. What one reader overlooks and another one reads cannot be here.
 */
export class Message {
  readonly #fields = new Map<number, (bigint | Uint8Array)[]>();

  /**
   * @param known the numbers of the fields that the message may have.
   * @param at pointer of the bytes in the file.
   * @throws {EvidenceFault} MALFORMED_MESSAGE
   */
  constructor(
    bytes: Uint8Array,
    known: readonly number[],
    private readonly at: string,
  ) {
    const reader = new WireReader(bytes, at);
    for (let count = 1; !reader.isAtEnd(); count++) {
      check(count <= MOST_FIELDS, 'MALFORMED_MESSAGE', at, `a message has more than ${MOST_FIELDS} fields`);
      const tag = reader.varint();
      const field = Number(tag >> TAG_BITS);
      check(known.includes(field), 'MALFORMED_MESSAGE', at, `a message has the unknown field ${field}`);
      const values = this.#fields.get(field) ?? [];
      values.push(reader.value(Number(tag & 7n)));
      this.#fields.set(field, values);
    }
  }

  /** Absent is empty, as in proto3. */
  bytes(field: number): Uint8Array {
    return this.#single(field, isBytes) ?? new Uint8Array();
  }

  text(field: number): string {
    return decodeText(this.bytes(field), this.at);
  }

  /** @throws {EvidenceFault} MALFORMED_MESSAGE beyond 2^53, which no height or count reaches. */
  number(field: number): number {
    const value = Number(this.#single(field, isVarint) ?? 0n);
    check(Number.isSafeInteger(value), 'MALFORMED_MESSAGE', this.at, `field ${field} is too large a number`);
    return value;
  }

  flag(field: number): boolean {
    return this.number(field) !== 0;
  }

  has(field: number): boolean {
    return this.#fields.has(field);
  }

  list(field: number): Uint8Array[] {
    const values = this.#fields.get(field) ?? [];
    return values.map((value) => (isBytes(value) ? value : this.#refuseType(field)));
  }

  #single<T>(field: number, isRight: (value: bigint | Uint8Array) => value is T & (bigint | Uint8Array)) {
    const [value, second] = this.#fields.get(field) ?? [];
    check(second === undefined, 'MALFORMED_MESSAGE', this.at, `field ${field} stands there twice`);
    if (value === undefined) return undefined;
    return isRight(value) ? value : this.#refuseType(field);
  }

  #refuseType(field: number): never {
    return refuse('MALFORMED_MESSAGE', this.at, `field ${field} is of another type`);
  }
}

/** @throws {EvidenceFault} MALFORMED_MESSAGE */
export function decodeText(bytes: Uint8Array, at: string): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    return refuse('MALFORMED_MESSAGE', at, 'text is not UTF-8');
  }
}

function isBytes(value: bigint | Uint8Array): value is Uint8Array {
  return typeof value !== 'bigint';
}

function isVarint(value: bigint | Uint8Array): value is bigint {
  return typeof value === 'bigint';
}

class WireReader {
  #position = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly at: string,
  ) {}

  isAtEnd(): boolean {
    return this.#position === this.bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.bytes[this.#position++];
      if (byte === undefined) break;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) {
        // One spelling per number: no zero groups at the end, no bits beyond 64.
        check((byte !== 0 || shift === 0n) && value <= MAX_UINT64, 'MALFORMED_MESSAGE', this.at, 'a number is padded');
        return value;
      }
    }
    return refuse('MALFORMED_MESSAGE', this.at, 'a number does not end');
  }

  value(wireType: number): bigint | Uint8Array {
    if (wireType === 0) return this.varint();
    check(wireType === 2, 'MALFORMED_MESSAGE', this.at, `a message has wire type ${wireType}`);
    const length = Number(this.varint());
    const end = this.#position + length;
    check(end <= this.bytes.length, 'MALFORMED_MESSAGE', this.at, 'a field is longer than its message');
    const value = this.bytes.subarray(this.#position, end);
    this.#position = end;
    return value;
  }
}
