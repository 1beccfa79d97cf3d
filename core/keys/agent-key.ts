import { z } from 'zod';
import { idPart } from '../event/schema.js';
import { LIMITS } from '../limits.js';
import { keyId, publicKey } from './public-key.js';
import { agentSignature, signatureValue } from './signature.js';

const text = z.string().min(1).max(LIMITS.nameLength);
const hash = z.string().regex(/^[0-9a-f]{64}$/, '32 bytes in lower-case hex');

/** What an agent says to have its key registered; the signatures are over a `KeyStatement`. */
export const keyRegistration = z
  .strictObject({
    public_key: publicKey,
    /** Whether events of the agent are refused without a signature from now on. */
    required: z.boolean().default(false),
    /** By the key itself: nobody registers a key that is not theirs. */
    proof: signatureValue,
    /** By a key that the agent has; needed as long as it has one. */
    authorization: agentSignature.optional(),
  })
  .meta({ id: 'KeyRegistration' });
export type KeyRegistration = z.output<typeof keyRegistration>;

export const keyRevocation = z.strictObject({ reason: z.string().max(1024).optional() }).meta({ id: 'KeyRevocation' });
export type KeyRevocation = z.output<typeof keyRevocation>;

/** The transaction that wrote something, and the subject of the token that asked for it, as its gateway said. */
const written = z.strictObject({
  recorded_at: text,
  recorded_by: z.strictObject({ msp_id: text, certificate_sha256: hash }),
  tx_id: hash,
  submitted_by: text.optional(),
});
const revoked = written.extend(keyRevocation.shape);

/** A key of an agent as it stands on the ledger. */
export const agentKey = z
  .strictObject({
    owner: text,
    agent_id: idPart,
    key_id: keyId,
    ...keyRegistration.shape,
    required: z.boolean(),
    registered: written,
    revoked: revoked.optional(),
  })
  .meta({ id: 'AgentKey' });
export type AgentKey = z.output<typeof agentKey>;
