import { openaiChat } from '../chat/transcript.js';
import { tauBench } from '../chat/tau-bench.js';
import { postedEvents } from '../events/posted-events.js';
import { langfuse } from '../langfuse/langfuse.js';
import { otlpJson } from '../otlp/otlp-file.js';
import { responseStream } from '../responses/response-stream.js';
import { otelSpans } from '../spans/span-dump.js';
import { sweAgent } from '../swe-agent/swe-agent.js';
import type { Format } from './format.js';

/** Every format that can be imported; the first that recognizes a source takes it, so the most particular come first. */
export const FORMATS: readonly Format[] = [
  postedEvents,
  otlpJson,
  langfuse,
  otelSpans,
  responseStream,
  tauBench,
  sweAgent,
  openaiChat,
];
