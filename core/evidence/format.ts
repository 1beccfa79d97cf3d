import { z } from 'zod';
import { challengeText } from '../contract/queries.js';
import { eventCore, openings } from '../event/schema.js';
import { agentKey } from '../keys/agent-key.js';
import { agentSignature } from '../keys/signature.js';
import { LIMITS } from '../limits.js';
import { blockProof } from './block.js';
import { base64Bytes as bytes, hash } from './parts.js';

/**
 * The evidence of one event, version 1 (docs/evidence.md). Nothing in it is to be believed because it stands here:
 * `answer` repeats in clear what the signed bytes beside it say, and a verifier takes keys and rules from its user only.
 */
export const EVIDENCE_FORMAT = 'agent-audit-evidence';
export const EVIDENCE_VERSION = 1;

const name = z.string().min(1).max(LIMITS.nameLength);
const recorder = z.strictObject({ msp_id: name, certificate_sha256: hash });

const lifecycleEntry = z.strictObject({
  kind: z.enum(['confirmed', 'disputed', 'reviewed']),
  recorded_at: name,
  recorded_by: recorder,
  tx_id: hash,
  reason: z.string().max(1024).optional(),
  evidence_sha256: hash.optional(),
  submitted_by: name.optional(),
});

const eventView = z.strictObject({
  locator: z.string().max(4096),
  hash,
  core: eventCore,
  signature: agentSignature.optional(),
  submitted_by: name.optional(),
  recorded_at: name,
  recorded_by: recorder,
  tx_id: hash,
  payload: z.enum(['collection', 'none']),
});

const eventProof = z.strictObject({
  challenge: challengeText,
  event: eventView,
  record_first_seq: z.number().int().min(1),
  agent_key: agentKey.optional(),
  entries: z.array(lifecycleEntry).max(LIMITS.entriesPerProof),
  entries_complete: z.boolean(),
});

const chainInfo = z.strictObject({ height: z.number().int().min(1), block_hash: hash, previous_block_hash: hash });

/** A member of an organization, as Fabric's SerializedIdentity names it. */
const identity = z.strictObject({ msp_id: name, certificate: z.string().max(16_384) });

/** A place in the file's `identities`. */
const identityIndex = z.number().int().min(0).max(99);

const endorsement = z.strictObject({ identity: identityIndex, signature: bytes });

/**
 * The bytes that Fabric's endorsers signed, and those whose hash is in them. Identities are long and stand here many
 * times, so they are in a table, and with `creator` and `nonce` the signature header is written anew.
 */
const signedAnswer = z.strictObject({
  channel_header: bytes,
  creator: identityIndex,
  nonce: bytes,
  proposal_payload: bytes,
  response_payload: bytes,
  endorsements: z.array(endorsement).min(1).max(100),
});

export const evidence = z
  .strictObject({
    format: z.literal(EVIDENCE_FORMAT),
    version: z.literal(EVIDENCE_VERSION),
    /** `full` has the event's block as well. */
    form: z.enum(['receipt', 'full']),
    network: z.strictObject({ channel: name, chaincode: name, demonstration: z.boolean() }),
    event: z.strictObject({ answer: eventProof, openings: openings.optional(), signed: signedAnswer }),
    checkpoints: z
      .array(z.strictObject({ answer: chainInfo, signed: signedAnswer }))
      .min(1)
      .max(100),
    block: blockProof.optional(),
    identities: z.array(identity).min(1).max(100),
  })
  .refine(({ form, block }) => (form === 'full') === (block !== undefined), {
    path: ['form'],
    message: 'the full form has a block, and no other form has one',
  })
  .meta({ id: 'Evidence' });

/** As it is written: bytes are base64. */
export type EvidenceFile = z.input<typeof evidence>;
/** As it is read: bytes are bytes. */
export type Evidence = z.output<typeof evidence>;
export type SignedAnswer = z.output<typeof signedAnswer>;
export type ChainInfoAnswer = z.output<typeof chainInfo>;
