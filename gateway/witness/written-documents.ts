import { AuditError, CanonicalMembers, LIMITS, parseJson } from '../../core/index.js';
import type { JsonValue } from '../../core/index.js';

/** Reads what the contract wrote in one transaction, and has the canonical JSON of what is hashed of it. */
export class WrittenDocuments {
  /** For the events' cores and the values that they commit to. */
  readonly texts = new CanonicalMembers(['core', 'value'], LIMITS.depth);

  /** Undefined where it is no JSON, or where readers could take it for different values: the contract writes no such thing. */
  read({ buffer, byteOffset, byteLength }: Uint8Array): JsonValue | undefined {
    const text = Buffer.from(buffer, byteOffset, byteLength).toString();
    try {
      return parseJson(text, LIMITS.envelopeDepth, this.texts);
    } catch (error) {
      if (error instanceof AuditError) return undefined;
      throw error;
    }
  }
}
