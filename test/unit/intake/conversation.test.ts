import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { fixture, map, mapValue } from './sources.js';

const call = (id: string, name: string, args = '{}') => ({ id, type: 'function', function: { name, arguments: args } });
const transcript = (...messages: object[]) => mapValue([{ role: 'user', content: 'Hi' }, ...messages]).slice(1);

describe('conversations', () => {
  it('pairs a call with the result right behind it, as one complete event', () => {
    const [event] = transcript(
      { role: 'assistant', content: null, tool_calls: [call('c1', 'look', '{"a":1}')] },
      { role: 'tool', tool_call_id: 'c1', content: 'seen' },
    );
    assert.equal(event?.phase, 'complete');
    assert.deepEqual(event.tool, { name: 'look', call_id: 'c1' });
    assert.deepEqual([event.input, event.output], [{ a: 1 }, 'seen']);
  });

  it('pairs calls whose ids are used again by their place, not by their id', () => {
    const round = (output: string) => [
      { role: 'assistant', content: null, tool_calls: [call('c1', 'look')] },
      { role: 'tool', tool_call_id: 'c1', content: output },
    ];
    const events = transcript(...round('first'), ...round('second'));
    assert.deepEqual(
      events.map(({ output }) => output),
      ['first', 'second'],
    );
    assert.notEqual(events[0]?.event_id, events[1]?.event_id);
  });

  it('pairs the results of one message by id where that tells them apart, else in order', () => {
    const answered = (ids: string[], order: string[]) =>
      transcript(
        { role: 'assistant', content: null, tool_calls: ids.map((id, index) => call(id, `tool${index}`)) },
        ...order.map((id, index) => ({ role: 'tool', tool_call_id: id, content: `result ${index}` })),
      ).map(({ tool, output }) => [tool, output]);
    assert.deepEqual(answered(['a', 'b'], ['b', 'a']), [
      [{ name: 'tool0', call_id: 'a' }, 'result 1'],
      [{ name: 'tool1', call_id: 'b' }, 'result 0'],
    ]);
    assert.deepEqual(answered(['a', 'a'], ['a', 'a']), [
      [{ name: 'tool0', call_id: 'a' }, 'result 0'],
      [{ name: 'tool1', call_id: 'a' }, 'result 1'],
    ]);
  });

  it('makes a call without a result an intent, and a result without a call an outcome', () => {
    const events = transcript(
      { role: 'assistant', content: null, tool_calls: [call('c1', 'look')] },
      { role: 'user', content: 'Well?' },
      { role: 'tool', tool_call_id: 'c1', name: 'look', content: 'late' },
    );
    assert.deepEqual(
      events.map(({ event_type, phase }) => [event_type, phase]),
      [
        ['tool_call', 'intent'],
        ['user_message', undefined],
        ['tool_call', 'outcome'],
      ],
    );
    assert.equal(events[0]?.output, undefined);
  });

  it('keeps what was said beside a call as its reasoning', () => {
    const [event] = transcript({ role: 'assistant', content: 'Let me look.', tool_calls: [call('c1', 'look')] });
    assert.equal(event?.reasoning_chain, 'Let me look.');
  });

  it('takes the last message for the decision only if nothing was called after it', () => {
    const said = { role: 'assistant', content: 'Done.' };
    assert.equal(transcript(said, { role: 'user', content: 'Thanks' })[0]?.event_type, 'final_decision');
    assert.equal(
      transcript(said, { role: 'assistant', content: null, tool_calls: [call('c', 'x')] })[0]?.event_type,
      'agent_message',
    );
  });

  it('keeps arguments that are not JSON as they are, and the text of those that are written unusually', () => {
    const [broken, spaced] = transcript({
      role: 'assistant',
      content: null,
      tool_calls: [call('a', 'x', '{"a":'), call('b', 'x', '{ "a" : 1 }')],
    });
    assert.equal(broken?.input, '{"a":');
    assert.deepEqual(spaced?.input, { a: 1 });
    assert.deepEqual(spaced.metadata, { arguments: '{ "a" : 1 }' });
  });

  it('counts what is no message and goes on', () => {
    const { events, report } = map({
      name: '',
      lines: false,
      text: '[{"role":"user","content":"Hi"},{"role":"robot"},7]',
    });
    assert.equal(events.length, 1);
    assert.deepEqual(report.skipped, { 'not-a-chat-message': 2 });
  });

  it('says that a time is synthetic, and gives every event a later one', () => {
    const { events } = map(fixture('tau-bench.json'));
    assert.ok(events.every(({ source }) => source?.derived?.includes('/timestamp')));
    const first = events
      .filter(({ session_id }) => session_id === events[0]?.session_id)
      .map(({ timestamp }) => timestamp);
    assert.deepEqual(first, [...first].sort());
    assert.match(first[0] ?? '', /^1970-/);
  });
});

describe('tau-bench results', () => {
  const { events } = map(fixture('tau-bench.json'));

  it('become sessions that end with the reward', () => {
    const ends = events.filter(({ event_type }) => event_type === 'session_end');
    assert.deepEqual(
      ends.map(({ outcome, task_id }) => [task_id, outcome]),
      [
        ['7', 'success'],
        ['8', 'failure'],
      ],
    );
    assert.equal(new Set(events.map(({ session_id }) => session_id)).size, 2);
  });

  it('make a reasoning step of the thinking tool', () => {
    const step = events.find(({ event_type }) => event_type === 'reasoning_step');
    assert.deepEqual(step?.reasoning_chain, { thought: '12.5 was paid.' });
  });

  it('keep their ids when runs change places or are exported one by one', () => {
    const [first, second] = JSON.parse(fixture('tau-bench.json').text) as object[];
    const ids = (list: unknown) => mapValue(list).map(({ event_id, source }) => [event_id, source?.position]);
    assert.deepEqual(ids([second, first]), [...ids([second]), ...ids([first])]);
  });

  it('take another agent for their own when told so', () => {
    const { events: renamed } = map(fixture('tau-bench.json'), { agentId: 'airline' });
    assert.ok(
      renamed.every(({ agent_id, source }) => agent_id === 'airline' && source?.derived?.includes('/agent_id')),
    );
  });
});

describe('chat transcripts', () => {
  const { events } = map(fixture('openai-chat.jsonl'));

  it('are sessions by their own id, else by their content, and equal ones stay apart', () => {
    const sessions = [...new Set(events.map(({ session_id }) => session_id))];
    assert.equal(sessions.length, 3);
    assert.equal(sessions[1], 'thread-9');
    assert.equal(sessions[2], `${sessions[0] ?? ''}-2`);
  });

  it('keep what is said about them', () => {
    const about = events.find(({ event_type }) => event_type === 'openai.transcript');
    assert.deepEqual(about?.metadata, { id: 'thread-9', model: 'small-model' });
  });
});
