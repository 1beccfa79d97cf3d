import { canonicalize, sha256Hex } from '../../core/index.js';
import type { JsonObject, JsonValue, PostedEventInput } from '../../core/index.js';
import { buildEvent } from '../event/build-event.js';
import { ownId as eventId } from '../event/own-id.js';
import { syntheticTime } from '../event/synthetic-time.js';
import { isObject, Occurrences } from '../source/format.js';
import type { Format, MappingOptions, ValueMapper } from '../source/format.js';
import type { Tally } from '../source/tally.js';
import { mapConversation } from './conversation.js';
import type { Conversation } from './conversation.js';
import { readMessage } from './messages.js';

const NAME = 'openai-chat';
const ID_KEYS = ['conversation_id', 'session_id', 'thread_id', 'id'] as const;

/** OpenAI chat transcripts: a list of messages, `{"messages": […]}`, or a list or lines of these. */
export const openaiChat: Format = {
  name: NAME,
  recognizes: (value) => isTranscript(value) || (Array.isArray(value) && isTranscript(value[0])),
  open: (tally, options) => new TranscriptMapper(tally, options),
};

function isTranscript(value: JsonValue | undefined): boolean {
  const messages = messagesOf(value);
  return messages?.[0] !== undefined && readMessage(messages[0]) !== undefined;
}

function messagesOf(value: JsonValue | undefined): JsonValue[] | undefined {
  if (Array.isArray(value)) return value;
  return isObject(value) && Array.isArray(value['messages']) ? value['messages'] : undefined;
}

class TranscriptMapper implements ValueMapper {
  readonly #occurrences = new Occurrences();

  constructor(
    private readonly tally: Tally,
    private readonly options: MappingOptions,
  ) {}

  map(value: JsonValue): PostedEventInput[] {
    const isList = Array.isArray(value) && !isTranscript(value);
    return (isList ? value : [value]).flatMap((item) => this.#transcript(item));
  }

  #transcript(value: JsonValue): PostedEventInput[] {
    const messages = messagesOf(value);
    if (!messages) {
      this.tally.skip('not-a-transcript');
      return [];
    }
    const { messages: _, ...about } = isObject(value) ? value : {};
    const ownId = ID_KEYS.map((key) => about[key]).find((id) => typeof id === 'string' && id !== '');
    const run =
      typeof ownId === 'string'
        ? ownId
        : this.#occurrences.name(sha256Hex(canonicalize(messages, Infinity)).slice(0, 32));
    const conversation: Conversation = {
      format: NAME,
      run,
      agentId: this.options.agentId ?? NAME,
      sessionId: run,
      messages,
      pointer: isObject(value) ? '/messages' : '',
      derived: ['/agent_id', ...(ownId === undefined ? ['/session_id'] : [])],
    };
    const events = mapConversation(conversation, this.tally);
    return Object.keys(about).length > 0 ? [...events, this.#about(conversation, about)] : events;
  }

  /** What is said about the transcript beside its messages. */
  #about(conversation: Conversation, about: JsonObject): PostedEventInput {
    this.tally.map();
    return buildEvent(
      {
        event_type: 'openai.transcript',
        event_id: eventId(NAME, conversation.run, 'about'),
        timestamp: syntheticTime(conversation.messages.length),
        agent_id: conversation.agentId,
        session_id: conversation.sessionId,
        metadata: about,
      },
      { format: NAME, position: '', derived: ['/timestamp', ...conversation.derived] },
    );
  }
}
