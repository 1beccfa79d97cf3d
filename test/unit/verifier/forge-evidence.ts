import {
  agentKeyKey,
  canonicalize,
  CHAIN_START,
  formatLocator,
  keyIdOf,
  LIMITS,
  postedEvent,
  recordKey,
  revocationKey,
  sealEvent,
  signEvent,
  signRegistration,
} from '../../../core/index.js';
import type { EventEvidenceFile, JsonValue, Signer } from '../../../core/index.js';
import { readTrust } from '../../../verifier/index.js';
import type { Trust } from '../../../verifier/index.js';
import type { AnswerPlan } from './sign-answer.js';
import { signEvidence } from './sign-evidence.js';
import type { SigningForgery } from './sign-evidence.js';
import { createSigners } from './signers.js';
import type { SigningOrganization } from './signers.js';

/** Three organizations that sign whatever a test makes up. */
export interface Signers {
  operator: SigningOrganization;
  partner: SigningOrganization;
  auditor: SigningOrganization;
}

export async function createThreeSigners(options: { demo?: boolean; now?: Date } = {}): Promise<Signers> {
  const [operator, partner, auditor] = await Promise.all(
    ['Operator', 'Partner', 'Auditor'].map((name) => createSigners(name, options)),
  );
  if (!operator || !partner || !auditor) throw new Error('three organizations were asked for');
  return { operator, partner, auditor };
}

export function trustIn(organizations: SigningOrganization[], more: object = {}): Trust {
  const pems = new Map(organizations.map(({ mspId, authorityPem }) => [mspId, authorityPem]));
  return readTrust(JSON.stringify({ version: 1, rule: { at_least: 2 }, ...more }), pems);
}

export interface Forgery extends SigningForgery {
  /** Signs the event, with its key where it was registered and revoked. */
  agent?: { signer: Signer; registered?: Version; revoked?: Version };
  /** In place of what honest peers would have signed. */
  event?: Partial<AnswerPlan>;
  answer?: (answer: EventEvidenceFile['event']['answer']) => void;
  /** What is changed when everything is signed. */
  file?: (file: EventEvidenceFile) => void;
}

type Version = [block: number, transaction: number];

const CHALLENGE = 'asked-by-a-test';
const HASH = '5a'.repeat(32);
const BLOCK = 7;
const FIRST_SEQ = 3;

/** Evidence that verifies, unless the forgery says otherwise. */
export async function forgeEvidence(signers: Signers, forgery: Forgery = {}): Promise<EventEvidenceFile> {
  const { answer, openings, key } = makeAnswer(forgery.agent);
  forgery.answer?.(answer);
  const asked = {
    call: ['ProveEvent', answer.event.locator, CHALLENGE],
    payload: canonicalize(answer as unknown as JsonValue, LIMITS.envelopeDepth),
    reads: [{ key, version: [BLOCK, 1] as Version }, ...keyReads(answer, forgery.agent)],
    ...forgery.event,
  };
  const {
    signed: [signed],
    common,
  } = await signEvidence(signers, [asked], CHALLENGE, forgery);
  if (!signed) throw new Error('one answer was asked for');
  const file: EventEvidenceFile = { ...common, form: 'receipt', event: { answer, openings, signed } };
  forgery.file?.(file);
  return file;
}

export function toBytes(file: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(file));
}

/** What peers read of the agent's key, whatever the answer says of it. */
function keyReads({ event, agent_key: key }: EventEvidenceFile['event']['answer'], agent: Forgery['agent']) {
  if (!agent || !key) return [];
  const { registered = [2, 0], revoked } = agent;
  return [
    { key: agentKeyKey(event.core, key.key_id), version: registered },
    { key: revocationKey(event.core, key.key_id), ...(revoked && { version: revoked }) },
  ];
}

function makeAnswer(agent: Forgery['agent']) {
  const posted = postedEvent.parse({
    event_type: 'tool_call',
    timestamp: '2026-01-02T03:04:05Z',
    agent_id: 'support-bot',
    session_id: 'session-1',
    tool: { name: 'refund' },
    status: 'ok',
    input: { order: 'A-17' },
    output: { refunded: true },
  });
  const place = { owner: 'OperatorMSP', seq: FIRST_SEQ + 1, prevHash: CHAIN_START };
  const unsigned = sealEvent(posted, place, () => '0f'.repeat(16));
  const sealed = agent ? signEvent(unsigned, agent.signer) : unsigned;
  const recordedBy = { msp_id: 'OperatorMSP', certificate_sha256: HASH };
  const written = { recorded_at: '2026-01-01T00:00:00.000000000Z', recorded_by: recordedBy, tx_id: HASH };
  const ref = { owner: 'OperatorMSP', agent_id: posted.agent_id };
  const answer: EventEvidenceFile['event']['answer'] = {
    challenge: CHALLENGE,
    event: {
      locator: formatLocator(sealed.core),
      hash: sealed.hash,
      core: sealed.core,
      ...(sealed.signature && { signature: sealed.signature }),
      submitted_by: 'support-service',
      recorded_at: '2026-01-02T03:04:06.000000000Z',
      recorded_by: recordedBy,
      tx_id: HASH,
      payload: 'collection',
    },
    record_first_seq: FIRST_SEQ,
    ...(agent && {
      agent_key: {
        ...ref,
        key_id: keyIdOf(agent.signer.publicKey),
        ...signRegistration({ ...ref, required: true }, agent.signer),
        registered: written,
        ...(agent.revoked && { revoked: { ...written, reason: 'lost' } }),
      },
    }),
    entries: [
      {
        kind: 'disputed',
        recorded_at: '2026-01-03T03:04:06.000000000Z',
        recorded_by: { ...recordedBy, msp_id: 'PartnerMSP' },
        tx_id: HASH,
        reason: 'the customer says otherwise',
      },
    ],
    entries_complete: true,
  };
  return { answer, openings: sealed.openings, key: recordKey(sealed.core, FIRST_SEQ) };
}
