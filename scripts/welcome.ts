import { join } from 'node:path';

/** What `npm start` prints when everything is up: what this is, and what to paste next. */
export function welcome(dataDir: string, organizations: string[], urls: string[]): string {
  const [first = ''] = urls;
  const token = join(dataDir, 'credentials', `${organizations[0] ?? ''}.token`);
  const rows = organizations.map((organization, index) => `  ${organization.padEnd(10)} ${urls[index] ?? ''}`);
  return `
Agent Audit Ledger is running.

${rows.join('\n')}

DEMONSTRATION NETWORK: one process holds all keys. It proves format and logic, not trust between organizations.

Record an event:

  curl -s ${first}/v1/events -H "Authorization: Bearer $(cat ${token})" -H 'Content-Type: application/json' \\
    -d '{"event_type":"tool_call","agent_id":"support-bot","session_id":"demo-1","timestamp":"'$(date -u +%FT%TZ)'",
         "tool":"refund","input":{"order":"A-17"},"output":{"refunded":true},"confidence":0.93}'

Connect an agent that speaks OpenTelemetry (GenAI or OpenInference):

  export OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=${first}/v1/traces
  export OTEL_EXPORTER_OTLP_TRACES_HEADERS="Authorization=Bearer%20$(cat ${token})"

Read the API: ${first}/docs   Stop: Ctrl-C
`;
}
