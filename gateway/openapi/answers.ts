import { z } from 'zod';
import { storedEvent } from '../routes/stored-event.js';

/** Shapes of answers that the ledger gives as they are: they describe, nothing is validated with them. */

const recorder = z.strictObject({ msp_id: z.string(), certificate_sha256: z.string() });
const count = z.number().int();

export const lifecycleEntry = z
  .strictObject({
    locator: z.string().optional(),
    kind: z.enum(['confirmed', 'disputed', 'reviewed']),
    recorded_at: z.string(),
    recorded_by: recorder,
    tx_id: z.string(),
    reason: z.string().optional(),
    evidence_sha256: z.string().optional(),
    submitted_by: z.string().optional(),
  })
  .meta({ id: 'LifecycleEntry' });

export const historyAnswer = z
  .strictObject({
    event_id: z.string(),
    locator: z.string(),
    recording: storedEvent.optional().meta({ description: 'On the first page.' }),
    entries: z.array(lifecycleEntry),
    record_versions: count
      .optional()
      .meta({ description: "Versions of the record by the peer's own history; always 1." }),
    next_cursor: z.string().optional(),
  })
  .meta({ id: 'History' });

const session = z
  .strictObject({
    id: z.string().meta({ description: 'owner~agent~session' }),
    owner: z.string(),
    agent_id: z.string(),
    session_id: z.string(),
    seq: count.meta({ description: 'Number of events.' }),
    hash: z.string().meta({ description: 'Hash of the last event.' }),
    open: z.boolean().meta({ description: 'Whether the last event is not a session_end.' }),
    from: z.string(),
    to: z.string(),
    first_recorded_at: z.string(),
    last_recorded_at: z.string(),
  })
  .meta({ id: 'Session' });

export const sessionPage = z
  .strictObject({ sessions: z.array(session), next_cursor: z.string().optional(), index: z.string() })
  .meta({ id: 'SessionPage' });

const step = storedEvent
  .extend({
    depth: count.meta({ description: 'Levels below the events without a parent in this session.' }),
    parent: z.string().optional(),
    children: z.array(z.string()),
    pair: z.string().optional().meta({ description: 'The outcome of an intent, or the intent of an outcome.' }),
  })
  .meta({ id: 'Step' });

export const sessionPath = z
  .strictObject({
    session_id: z.string(),
    open: z.boolean(),
    from: z.string(),
    to: z.string(),
    duration_ms: z.number(),
    chains: z.array(
      z.strictObject({
        id: z.string(),
        owner: z.string(),
        agent_id: z.string(),
        events: count,
        open: z.boolean(),
        intact: z.boolean().meta({ description: 'Hashes recomputed, links followed, no place left out.' }),
        fault: z.looseObject({ code: z.string(), detail: z.string() }).optional(),
      }),
    ),
    summary: z.strictObject({
      events: count,
      derived_times: count.meta({ description: 'Events whose timestamp an importer derived rather than read.' }),
      event_types: z.record(z.string(), count),
      tools: z.array(z.strictObject({ name: z.string(), calls: count, failures: count })),
      usage: z.strictObject({ input_tokens: count, output_tokens: count }),
      cost: z.record(z.string(), z.number()).meta({ description: 'Sums by currency.' }),
      sub_agents: z.array(z.strictObject({ agent_id: z.string(), named_by: z.string() })),
      final_decision: z
        .strictObject({
          event_id: z.string(),
          agent_id: z.string(),
          decision: z.string().optional(),
          outcome: z.string().optional(),
          confidence: z.number().optional(),
        })
        .optional(),
    }),
    gaps: z.array(z.strictObject({ after: z.string(), before: z.string(), ms: z.number() })),
    open_intents: z.array(z.string()).meta({ description: 'Intents without an outcome.' }),
    events: z.array(step),
    next_cursor: z.string().optional(),
  })
  .meta({ id: 'DecisionPath' });
