import { z } from 'zod';
import { openings } from '../event/schema.js';
import { LIMITS } from '../limits.js';
import { absenceAnswer, chainInfoAnswer, eventAnswer, queryAnswer, sessionAnswer } from './answers.js';
import { blockProof } from './block.js';
import { base64Bytes as bytes, name } from './parts.js';

/**
 * A file of evidence, version 1 (docs/evidence.md). Nothing in it is to be believed because it stands here: `answer`
 * repeats in clear what the signed bytes beside it say, and a verifier takes keys and rules from its user only.
 */
export const EVIDENCE_FORMAT = 'agent-audit-evidence';
export const EVIDENCE_VERSION = 1;

/** A member of an organization, as Fabric's SerializedIdentity names it. */
export const identity = z.strictObject({ msp_id: name, certificate: z.string().max(16_384) });

/** A place in the file's `identities`. */
const identityIndex = z.number().int().min(0).max(99);

const endorsement = z.strictObject({ identity: identityIndex, signature: bytes });

/**
 * The bytes that Fabric's endorsers signed, and those whose hash is in them. Identities are long and stand here many
 * times, so they are in a table, and with `creator` and `nonce` the signature header is written anew.
 */
export const signedAnswer = z.strictObject({
  channel_header: bytes,
  creator: identityIndex,
  nonce: bytes,
  proposal_payload: bytes,
  response_payload: bytes,
  endorsements: z.array(endorsement).min(1).max(100),
});

/** What files of every form have. */
const common = z.strictObject({
  format: z.literal(EVIDENCE_FORMAT),
  version: z.literal(EVIDENCE_VERSION),
  network: z.strictObject({ channel: name, chaincode: name, demonstration: z.boolean() }),
  checkpoints: z
    .array(z.strictObject({ answer: chainInfoAnswer, signed: signedAnswer }))
    .min(1)
    .max(100),
  identities: z.array(identity).min(1).max(100),
});

/** That an event is on the ledger. */
export const eventEvidence = common
  .extend({
    /** `full` has the event's block as well. */
    form: z.enum(['receipt', 'full']),
    event: z.strictObject({ answer: eventAnswer, openings: openings.optional(), signed: signedAnswer }),
    block: blockProof.optional(),
  })
  .refine(({ form, block }) => (form === 'full') === (block !== undefined), {
    path: ['form'],
    message: 'the full form has a block, and no other form has one',
  })
  .meta({ id: 'EventEvidence' });

/** That these are the events of a session. */
export const sessionEvidence = common
  .extend({
    form: z.literal('session'),
    session: z
      .array(z.strictObject({ answer: sessionAnswer, signed: signedAnswer }))
      .min(1)
      .max(LIMITS.answersPerEvidence),
  })
  .meta({ id: 'SessionEvidence' });

/** That there is no event by an id. */
export const absenceEvidence = common
  .extend({
    form: z.literal('absence'),
    absence: z.strictObject({ answer: absenceAnswer, signed: signedAnswer }),
  })
  .meta({ id: 'AbsenceEvidence' });

/** That peers answered a query so. */
export const queryEvidence = common
  .extend({
    form: z.literal('query'),
    query: z.strictObject({ answer: queryAnswer, signed: signedAnswer }),
  })
  .meta({ id: 'QueryEvidence' });

export const evidence = z
  .discriminatedUnion('form', [eventEvidence, sessionEvidence, absenceEvidence, queryEvidence])
  .meta({ id: 'Evidence' });

/** As it is written: bytes are base64. */
export type EvidenceFile = z.input<typeof evidence>;
export type EventEvidenceFile = z.input<typeof eventEvidence>;
export type SignedAnswerFile = z.input<typeof signedAnswer>;
/** As it is read: bytes are bytes. */
export type Evidence = z.output<typeof evidence>;
export type EventEvidence = z.output<typeof eventEvidence>;
export type SessionEvidence = z.output<typeof sessionEvidence>;
export type AbsenceEvidence = z.output<typeof absenceEvidence>;
export type QueryEvidence = z.output<typeof queryEvidence>;
export type SignedAnswer = z.output<typeof signedAnswer>;
