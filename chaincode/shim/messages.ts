import { BinaryReader, BinaryWriter } from 'google-protobuf';

/**
 * Messages between chaincode and peer that the shim's own library does not have: many reads, or many writes, at once
 * (Fabric 3.1, `chaincode_shim.proto`). Only their fields are named here: the classes of a newer library would take the
 * place of the shim's, for both write to the same global names.
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

/** `GetStateMultiple` of keys of the channel's state. */
export function encodeReads(keys: readonly string[]): Uint8Array {
  const message = new BinaryWriter();
  message.writeRepeatedString(1, keys);
  return message.getResultBuffer();
}

/** `WriteBatchState` */
export function encodeWrites(writes: readonly StateWrite[]): Uint8Array {
  const message = new BinaryWriter();
  for (const write of writes) message.writeMessage(1, write, writeRecord);
  return message.getResultBuffer();
}

function writeRecord({ key, value, collection }: StateWrite, record: BinaryWriter): void {
  record.writeString(1, key);
  record.writeBytes(2, value);
  record.writeString(3, collection);
  record.writeEnum(5, MESSAGE.PUT_STATE);
}

/** `GetStateMultipleResult`: the values in the order of the keys; empty where there is none. */
export function decodeValues(message: Uint8Array): Uint8Array[] {
  const values: Uint8Array[] = [];
  const reader = new BinaryReader(message);
  while (reader.nextField()) {
    if (reader.getFieldNumber() === 1) values.push(reader.readBytes());
    else reader.skipField();
  }
  return values;
}

/** Two limits, each with whether it is offered. */
const LIMIT_FIELDS = 4;

/** `ChaincodeAdditionalParams`, in the payload of READY; an older peer leaves it empty. */
export function decodeLimits(message: Uint8Array): BatchLimits {
  const numbers = new Map<number, number>();
  const reader = new BinaryReader(message);
  while (reader.nextField()) {
    if (reader.getFieldNumber() <= LIMIT_FIELDS) numbers.set(reader.getFieldNumber(), reader.readUint32());
    else reader.skipField();
  }
  const limit = (isOffered: number, size: number): number => (numbers.get(isOffered) ? (numbers.get(size) ?? 0) : 0);
  return { writes: limit(1, 2), reads: limit(3, 4) };
}
