// An agent that speaks OpenTelemetry GenAI and knows nothing of the ledger: where its spans go is decided by the
// standard variables OTEL_EXPORTER_OTLP_TRACES_ENDPOINT and OTEL_EXPORTER_OTLP_TRACES_HEADERS.
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())] });
provider.register();
const tracer = provider.getTracer('example');
const conversation = { 'gen_ai.agent.name': 'travel-agent', 'gen_ai.conversation.id': `trip-${Date.now()}` };

tracer.startActiveSpan('invoke_agent travel-agent', (agent) => {
  agent.setAttributes({ ...conversation, 'gen_ai.operation.name': 'invoke_agent' });
  const tool = tracer.startSpan('execute_tool search_flights');
  tool.setAttributes({
    ...conversation,
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'search_flights',
    'gen_ai.tool.call.arguments': '{"from":"JFK","to":"SEA"}',
    'gen_ai.tool.call.result': '[{"flight":"HAT136","price":255}]',
  });
  tool.end();
  agent.end();
});

await provider.shutdown();
console.log(conversation['gen_ai.conversation.id']);
