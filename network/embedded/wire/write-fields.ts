import type protobuf from 'protobufjs/minimal.js';

/**
 * Fields of a protobuf message, written straight into the one buffer of all that stands around it. Generated message
 * objects cost several times as much, and copy what is large once for every message that it lies in.
 */
type Writer = protobuf.Writer;

/** What is as by default is left out, here and below. */
export function writeText(writer: Writer, field: number, value: string): void {
  if (value !== '') tag(writer, field).string(value);
}

export function writeBytes(writer: Writer, field: number, value: Uint8Array): void {
  if (value.length > 0) tag(writer, field).bytes(value);
}

export function writeFlag(writer: Writer, field: number, value: boolean): void {
  if (value) writer.uint32(field << 3).bool(true);
}

/** A message in a message (or in bytes that hold one), also where nothing is in it. */
export function writeMessage(writer: Writer, field: number, writeContent: () => void): void {
  tag(writer, field).fork();
  writeContent();
  writer.ldelim();
}

/** Of a field that says how long it is. */
function tag(writer: Writer, field: number): Writer {
  return writer.uint32((field << 3) | 2);
}
