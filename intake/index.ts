/** The public surface of the intake: pure mappers from what others wrote to events as they are posted. */
export { mapSource, SourceMapping } from './source/map-source.js';
export type { MappingOptions } from './source/format.js';
export type { MappingReport } from './source/tally.js';
export { OTLP } from './otlp/otlp-file.js';
export { decodeProtobuf, encodeResponse, encodeStatus } from './otlp/protobuf.js';
export { readSpans } from './otlp/read-spans.js';
export { mapSpan } from './spans/map-span.js';
export type { Span } from './spans/span.js';
export { inOrderOfTime } from './event/build-event.js';
export { readJson } from './source/json-text.js';
