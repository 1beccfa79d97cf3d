import type { JsonValue, PostedEventInput } from '../../core/index.js';
import { inOrderOfTime } from '../event/build-event.js';
import { isObject } from '../source/format.js';
import type { Format, MappingOptions, ValueMapper } from '../source/format.js';
import type { Tally } from '../source/tally.js';
import { mapSpan } from '../spans/map-span.js';
import { readSpans } from './read-spans.js';

/** What came over OTLP, by whichever way: the same span has the same event id in a file and over HTTP. */
export const OTLP = 'otlp';

/** OTLP JSON as the OpenTelemetry Collector's file exporter writes it: a document, or one request a line. */
export const otlpJson: Format = {
  name: OTLP,
  recognizes: (value) => isObject(value) && Array.isArray(value['resourceSpans']) && readSpans(value) !== undefined,
  open: (tally, options) => new OtlpMapper(tally, options),
};

class OtlpMapper implements ValueMapper {
  constructor(
    private readonly tally: Tally,
    private readonly options: MappingOptions,
  ) {}

  map(value: JsonValue): PostedEventInput[] {
    const spans = readSpans(value);
    if (!spans) {
      this.tally.skip('not-an-export-request');
      return [];
    }
    const valid = spans.filter((span) => span !== null);
    this.tally.skip('not-a-span', spans.length - valid.length);
    this.tally.map(valid.length);
    return inOrderOfTime(valid.map((span) => mapSpan(span, OTLP, this.options.agentId)));
  }
}
