/**
 * Messages between chaincode and peer that the shim's own library does not have: many reads, or many writes, at once
 * (Fabric 3.1, `chaincode_shim.proto`). All of their fields are in the first fifteen, so a tag is one byte.
 */

/** Types of `ChaincodeMessage`. */
export const MESSAGE = { READY: 4, PUT_STATE: 9, WRITE_BATCH_STATE: 24, GET_STATE_MULTIPLE: 25 } as const;

export interface StateWrite {
  key: string;
  value: Uint8Array;
  /** Of private data; empty: the channel's state. */
  collection: string;
}

/** How many keys a peer takes in one message; 0: it takes no such messages. */
export interface BatchLimits {
  reads: number;
  writes: number;
}

const VARINT = 0;
const BYTES = 2;
const tagOf = (field: number, wireType: number): number => (field << 3) | wireType;

/** `GetStateMultiple` of keys of the channel's state. */
export function encodeReads(keys: readonly string[]): Uint8Array {
  return Buffer.concat(keys.flatMap((key) => bytesField(1, Buffer.from(key))));
}

/** `WriteBatchState` */
export function encodeWrites(writes: readonly StateWrite[]): Uint8Array {
  return Buffer.concat(writes.flatMap((write) => bytesField(1, Buffer.concat(recordOf(write)))));
}

function recordOf({ key, value, collection }: StateWrite): Uint8Array[] {
  return [
    ...bytesField(1, Buffer.from(key)),
    ...bytesField(2, value),
    ...(collection === '' ? [] : bytesField(3, Buffer.from(collection))),
    Uint8Array.of(tagOf(5, VARINT), MESSAGE.PUT_STATE),
  ];
}

function bytesField(field: number, bytes: Uint8Array): Uint8Array[] {
  return [Uint8Array.of(tagOf(field, BYTES), ...varint(bytes.length)), bytes];
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

/** `GetStateMultipleResult`: the values in the order of the keys; empty where there is none. */
export function decodeValues(message: Uint8Array): Uint8Array[] {
  return [...fields(message)].flatMap(({ field, value }) => (field === 1 && typeof value === 'object' ? [value] : []));
}

/** `ChaincodeAdditionalParams`, in the payload of READY; an older peer leaves it empty. */
export function decodeLimits(message: Uint8Array): BatchLimits {
  const numbers = new Map([...fields(message)].map(({ field, value }) => [field, Number(value)]));
  const limit = (isOffered: number, size: number): number => (numbers.get(isOffered) ? (numbers.get(size) ?? 0) : 0);
  return { writes: limit(1, 2), reads: limit(3, 4) };
}

/** @throws {Error} at a field that is neither a number nor bytes: these messages have none. */
function* fields(message: Uint8Array): Generator<{ field: number; value: number | Uint8Array }> {
  let position = 0;
  const next = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message[position++] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (position < message.length) {
    const tag = next();
    const wireType = tag & 7;
    if (wireType !== VARINT && wireType !== BYTES) throw new Error(`a field of wire type ${wireType}`);
    const number = next();
    if (wireType === VARINT) yield { field: tag >>> 3, value: number };
    else yield { field: tag >>> 3, value: message.subarray(position, (position += number)) };
  }
}
