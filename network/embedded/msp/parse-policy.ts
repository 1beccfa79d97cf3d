import { NODE_OUS, type NodeOu } from './membership.js';
import type { SignaturePolicy } from './signature-policy.js';

const TOKEN =
  /\s*(?:(?<name>AND|OR|OutOf)\s*\(|(['"])(?<mspId>[A-Za-z0-9.-]+)\.(?<role>[a-z]+)\2|(?<number>\d+)|(?<punctuation>[,)]))\s*/y;

/**
 * A policy in Fabric's language: `OutOf(2, 'A.peer', 'B.peer')`, `AND(…)`, `OR(…)`, nested as wished.
 * @throws {Error} where the text is no such policy
 */
export function parseSignaturePolicy(text: string): SignaturePolicy {
  const reader = new PolicyReader(text);
  const policy = reader.rule();
  reader.end();
  return policy;
}

class PolicyReader {
  #position = 0;

  constructor(readonly text: string) {}

  rule(): SignaturePolicy {
    const { name, mspId, role } = this.#next();
    if (mspId !== undefined && role !== undefined) return { kind: 'signedBy', mspId, role: this.#role(role) };
    if (name === undefined) throw this.#fault();
    const n = name === 'OutOf' ? this.#count() : undefined;
    const rules = this.#rules();
    const needed = n ?? (name === 'AND' ? rules.length : 1);
    if (needed < 1 || needed > rules.length) throw this.#fault();
    return { kind: 'nOutOf', n: needed, rules };
  }

  end(): void {
    if (this.#position !== this.text.length) throw this.#fault();
  }

  #count(): number {
    const { number } = this.#next();
    if (number === undefined || this.#next().punctuation !== ',') throw this.#fault();
    return Number(number);
  }

  #rules(): SignaturePolicy[] {
    const rules: SignaturePolicy[] = [];
    let separator: string | undefined;
    do {
      rules.push(this.rule());
      separator = this.#next().punctuation;
    } while (separator === ',');
    if (separator !== ')') throw this.#fault();
    return rules;
  }

  #role(role: string): NodeOu | 'member' {
    const known = [...NODE_OUS, 'member' as const].find((name) => name === role);
    if (!known) throw this.#fault();
    return known;
  }

  #next(): Partial<Record<string, string>> {
    TOKEN.lastIndex = this.#position;
    const match = TOKEN.exec(this.text);
    if (!match?.groups) throw this.#fault();
    this.#position = TOKEN.lastIndex;
    return match.groups;
  }

  #fault(): Error {
    return new Error(`"${this.text}" is not a signature policy (at ${this.#position})`);
  }
}
