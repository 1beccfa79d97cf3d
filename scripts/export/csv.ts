import type { StoredEvent } from '../../gateway/routes/stored-event.js';

const COLUMNS: Record<string, (event: StoredEvent) => string | number | undefined> = {
  locator: ({ locator }) => locator,
  hash: ({ hash }) => hash,
  own_id: ({ event }) => event.event_id,
  owner: ({ owner }) => owner,
  agent_id: ({ event }) => event.agent_id,
  session_id: ({ event }) => event.session_id,
  seq: ({ seq }) => seq,
  event_type: ({ event }) => event.event_type,
  phase: ({ event }) => event.phase,
  status: ({ event }) => event.status,
  tool: ({ event: { tool } }) => (typeof tool === 'string' ? tool : tool?.name),
  action: ({ event }) => event.action,
  decision: ({ event }) => event.decision,
  outcome: ({ event }) => event.outcome,
  confidence: ({ event }) => event.confidence,
  timestamp: ({ event }) => event.timestamp,
  recorded_at: ({ recorded_at }) => recorded_at,
  recorded_by: ({ recorded_by }) => recorded_by.msp_id,
  submitted_by: ({ submitted_by }) => submitted_by,
  tx_id: ({ tx_id }) => tx_id,
};

/** Spreadsheets take such a cell for a formula, whatever quotes it stands in; full-width signs too. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

export function csvHeader(): string {
  return toLine(Object.keys(COLUMNS));
}

/** RFC 4180. A cell that a spreadsheet would run has an apostrophe before it. */
export function csvLine(event: StoredEvent): string {
  return toLine(Object.values(COLUMNS).map((column) => column(event)));
}

function toLine(cells: readonly (string | number | undefined)[]): string {
  return `${cells.map(toCell).join(',')}\r\n`;
}

function toCell(value: string | number | undefined): string {
  const text = inert(value === undefined ? '' : String(value));
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What a cell says, so that no spreadsheet runs it. */
export function inert(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}
