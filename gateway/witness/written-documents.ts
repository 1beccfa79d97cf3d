import { AuditError, hashedMembers, LIMITS, parseJson } from '../../core/index.js';
import type { JsonValue } from '../../core/index.js';

/** Reads what the contract wrote in one transaction, and has the canonical JSON of what is hashed of it. */
export class WrittenDocuments {
  readonly texts = hashedMembers();

  readonly #utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  /** Undefined where it is no JSON, or where readers could take it for different values: the contract writes no such thing. */
  read(written: Uint8Array): JsonValue | undefined {
    const text = this.#decode(written);
    try {
      return text === undefined ? undefined : parseJson(text, LIMITS.envelopeDepth, this.texts);
    } catch (error) {
      if (error instanceof AuditError) return undefined;
      throw error;
    }
  }

  #decode(written: Uint8Array): string | undefined {
    try {
      return this.#utf8.decode(written);
    } catch {
      return undefined; // What else it could be read as, nobody is to guess.
    }
  }
}
