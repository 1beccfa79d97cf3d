import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { PostedEventInput } from '../../../core/index.js';
import { fixture, map, mapValue } from './sources.js';

const types = (events: PostedEventInput[]) => events.map(({ event_type }) => event_type);

describe('SWE-agent trajectories', () => {
  it('make one event of thought, action and observation', () => {
    const { events } = map(fixture('swe-agent-steps.traj'));
    assert.deepEqual(types(events), ['session_start', 'user_message', 'tool_call', 'final_decision', 'session_end']);
    const step = events[2];
    assert.deepEqual(step?.tool, { name: 'ls' });
    assert.deepEqual([step.reasoning_chain, step.input, step.output], ['See what is there.', 'ls -F\n', 'src/\n']);
    assert.deepEqual(step.source?.derived, ['/timestamp', '/agent_id', '/session_id', '/phase', '/tool/name']);
    assert.equal(step.agent_instance_id, 'primary');
    const end = events.at(-1);
    assert.deepEqual([end?.outcome, end?.output], ['submitted', 'diff --git a/x b/x']);
  });

  it('keep what the model was shown beyond the observation', () => {
    const { events } = map(fixture('swe-agent-steps.traj'));
    assert.equal((events[2]?.metadata as { shown: string }).shown, 'src/\n\n(Current directory: /repo)\n$');
  });

  it('take tool calls and results from a history without a trajectory', () => {
    const { events } = map(fixture('swe-agent-history.traj'));
    assert.deepEqual(types(events), ['session_start', 'user_message', 'tool_call', 'tool_call']);
    const [found, opened] = events.slice(2);
    assert.deepEqual(found?.tool, { name: 'find_file', call_id: 'call_a' });
    assert.deepEqual(
      [found.input, found.output, found.phase],
      [{ file_name: 'x.py' }, 'Found 1 match.\n$', 'complete'],
    );
    assert.deepEqual([opened?.phase, opened?.output], ['intent', undefined]);
  });
});

describe('Langfuse exports', () => {
  const { events, report } = map(fixture('langfuse.json'));
  const byId = (end: string) => events.find(({ event_id }) => event_id?.endsWith(end)) ?? assert.fail(end);

  it('follow the time, not the order of the export', () => {
    assert.deepEqual(types(events), [
      'langfuse.span',
      'tool_call',
      'model_call',
      'final_decision',
      'langfuse.score',
      'human_review',
    ]);
  });

  it('keep model, usage, cost, times and parents', () => {
    const chat = byId(':00f067aa0ba902b7');
    assert.deepEqual(chat.model, { name: 'small-model', provider: 'acme' });
    assert.deepEqual(chat.usage, { input_tokens: 41, output_tokens: 3, cost: { amount: 0.000025, currency: 'USD' } });
    assert.deepEqual([chat.started_at, chat.timestamp], ['2026-01-02T10:00:00.500Z', '2026-01-02T10:00:03.000Z']);
    assert.equal(chat.span_id, '00f067aa0ba902b7');
    assert.equal(chat.parent_event_id, 'langfuse:0af7651916cd43dd8448eb211c80319c');
    assert.deepEqual(chat.input, [{ role: 'user', content: 'Where is my order?' }]);
  });

  it('say what failed and which call it was', () => {
    const track = byId(':b7ad6b7169203331');
    assert.deepEqual([track.status, track.error], ['error', { type: 'error', message: 'timed out' }]);
    assert.deepEqual(track.tool, { name: 'track', call_id: 'call_7' });
    assert.equal(track.parent_event_id, byId(':00f067aa0ba902b7').event_id);
    assert.deepEqual((track.metadata as { input_text: string }).input_text, '{ "order": "A-17" }');
  });

  it('make a review of what a person scored', () => {
    const review = byId(':score:s2');
    assert.deepEqual([review.event_type, review.approver_id, review.output], ['human_review', 'reviewer-3', 'False']);
  });

  it('count the repeated observations and take the one that is nowhere else', () => {
    assert.deepEqual(report.skipped, { 'repeated-in-observations': 2 });
    assert.equal(byId(':only-in-the-trace').action, 'plan');
  });

  it('keep with the trace what its own list says differently', () => {
    const exported = JSON.parse(fixture('langfuse.json').text) as { trace: { observations: { name: string }[] } };
    const [first] = exported.trace.observations;
    if (first) first.name = 'another name';
    const whole = mapValue(exported).find(({ event_type }) => event_type === 'final_decision');
    assert.match(JSON.stringify(whole?.metadata), /another name/);
  });

  it('take the session and the environment that they name', () => {
    const exported = JSON.parse(fixture('langfuse.json').text) as { trace: { sessionId: string } };
    exported.trace.sessionId = 'visit-3';
    const named = mapValue(exported);
    assert.ok(
      named.every(({ session_id, source }) => session_id === 'visit-3' && !source?.derived?.includes('/session_id')),
    );
    assert.deepEqual(named.find(({ event_type }) => event_type === 'final_decision')?.origin, {
      environment: 'production',
    });
  });
});

describe('streamed responses', () => {
  const { events } = map(fixture('responses.ndjson'));

  it('keep the token logprobs of the model call', () => {
    const [call] = events;
    assert.equal(call?.event_type, 'model_call');
    assert.deepEqual(
      (call.logprobs as { tokens: { logprob: number }[] }[])[0]?.tokens.map(({ logprob }) => logprob),
      [-0.25, -0.5],
    );
    assert.deepEqual(call.usage, { input_tokens: 182, output_tokens: 61 });
    assert.equal(call.timestamp, '2026-01-21T15:22:10.000Z');
    assert.match(JSON.stringify(call.reasoning_chain), /I need the weather/);
  });

  it('make an intent of each function that was asked for', () => {
    const [call, intent] = events;
    assert.deepEqual([intent?.event_type, intent?.phase, intent?.input], ['tool_call', 'intent', { location: 'Oslo' }]);
    assert.equal(intent?.parent_event_id, call?.event_id);
  });

  it('keep what had arrived when a stream breaks off', () => {
    const last = events.at(-1);
    assert.deepEqual([last?.session_id, last?.phase], ['resp_2', 'intent']);
    assert.match(JSON.stringify(last?.metadata), /It is/);
    assert.match(JSON.stringify(last?.logprobs), /-0\.125/);
    assert.ok(last?.source?.derived?.includes('/logprobs'));
  });
});

describe("the ledger's own events", () => {
  it('go on as they are', () => {
    const { text } = fixture('events.ndjson');
    const { events } = map(fixture('events.ndjson'));
    assert.deepEqual(events[0], JSON.parse(text.split('\n')[0] ?? ''));
  });

  it('get ids of their content and how often it was said before, wherever they stand', () => {
    const [, second, third] = map(fixture('events.ndjson')).events;
    assert.equal(third?.event_id, `${second?.event_id ?? ''}-2`);
    const line = fixture('events.ndjson').text.split('\n')[1] ?? '';
    assert.equal(map({ name: '', lines: true, text: `\n${line}\n` }).events[0]?.event_id, second?.event_id);
    assert.deepEqual(second?.source, { format: 'audit-events', derived: ['/event_id'] });
  });
});
