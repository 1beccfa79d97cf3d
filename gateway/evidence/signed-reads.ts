import { setTimeout as delay } from 'node:timers/promises';
import type { Contract, Network } from '@hyperledger/fabric-gateway';
import { common } from '@hyperledger/fabric-protos';
import { AuditError, canonicalize, LIMITS, TRANSACTIONS } from '../../core/index.js';
import type {
  AbsenceProof,
  ChainInfoAnswer,
  EventProof,
  EventQuery,
  JsonValue,
  QueryProof,
  SessionProof,
} from '../../core/index.js';
import { toAuditError } from '../fabric/faults.js';
import { readSignedBytes } from './signed-answer.js';
import type { SignedBytes } from './signed-answer.js';

/** An answer and the bytes in which peers of several organizations signed it. */
export interface Signed<T> {
  answer: T;
  signed: SignedBytes;
}

/** Answers that the same organizations signed, and how high the ledger was when they had. */
export interface SignedProof<T> {
  answers: readonly [Signed<T>, ...Signed<T>[]];
  /** One that all signed, or, where their peers stand at different heights, one of each. */
  checkpoints: Signed<ChainInfoAnswer>[];
}

interface Question {
  contract: Contract;
  name: string;
  args: string[];
}

/** Peers that are a block apart give different answers; a moment later they do not. */
const ATTEMPTS = 3;
const PAUSE_MS = 300;
/** A file holds an answer once in clear and once in base64, and so much of it that it stays within its limit. */
const MOST_SIGNED_BYTES = LIMITS.fullEvidenceBytes / 3;

/** Reads that are endorsed like a transaction by peers of each organization, and never submitted. */
export class SignedReads {
  readonly #channel: Network;
  readonly #chaincode: string;
  readonly #organizations: readonly string[];

  constructor(channel: Network, chaincode: string, organizations: readonly string[]) {
    this.#channel = channel;
    this.#chaincode = chaincode;
    this.#organizations = organizations;
  }

  /**
   * @returns null where there is no such event.
   * @throws {AuditError} of the contract; LEDGER_UNAVAILABLE or ENDORSEMENT_FAILED where no organization answers. So do
   *   the others.
   */
  async proveEvent(locator: string, challenge: string): Promise<SignedProof<EventProof> | null> {
    return this.#prove<EventProof>(TRANSACTIONS.proveEvent, [locator], challenge);
  }

  /** @returns null where there is such an event. */
  async proveAbsence(eventRef: string, challenge: string): Promise<SignedProof<AbsenceProof> | null> {
    return this.#prove<AbsenceProof>(TRANSACTIONS.proveAbsence, [eventRef], challenge);
  }

  async proveQuery(query: EventQuery, challenge: string): Promise<SignedProof<QueryProof>> {
    // The contract repeats the question in canonical form, and a verifier compares the two.
    const question = canonicalize(query as JsonValue);
    const proof = await this.#prove<QueryProof>(TRANSACTIONS.proveQuery, [question], challenge);
    if (!proof) throw new AuditError('INTERNAL', 'The contract did not answer the query.');
    return proof;
  }

  /**
   * A session from one of its records on, as much as one file takes.
   * @returns null for a session without events.
   */
  async proveSession(session: string, fromSeq: number, challenge: string): Promise<SignedProof<SessionProof> | null> {
    const name = TRANSACTIONS.proveSession;
    const first = await this.#ask<SessionProof>(name, [session, String(fromSeq)], challenge, this.#organizations);
    if (!first) return null;
    const { organizations, ...opening } = first;
    const answers: [Signed<SessionProof>, ...Signed<SessionProof>[]] = [opening];
    let bytes = opening.signed.responsePayload.length;
    for (let next = seqBehind(opening.answer); next !== undefined;) {
      const page = await this.#ask<SessionProof>(name, [session, String(next)], challenge, organizations);
      bytes += page?.signed.responsePayload.length ?? 0;
      if (!page || answers.length === LIMITS.answersPerEvidence || bytes > MOST_SIGNED_BYTES) break;
      if (page.organizations.length !== organizations.length) throw incomplete();
      answers.push({ answer: page.answer, signed: page.signed });
      next = seqBehind(page.answer);
    }
    return { answers, checkpoints: await this.#checkpoints(challenge, organizations) };
  }

  async #prove<T>(name: string, args: string[], challenge: string): Promise<SignedProof<T> | null> {
    const asked = await this.#ask<T>(name, args, challenge, this.#organizations);
    if (!asked) return null;
    const { organizations, ...answer } = asked;
    return { answers: [answer], checkpoints: await this.#checkpoints(challenge, organizations) };
  }

  async #ask<T>(name: string, args: string[], challenge: string, organizations: readonly string[]) {
    const contract = this.#channel.getContract(this.#chaincode);
    const asked = await askEverybody({ contract, name, args: [...args, challenge] }, organizations);
    const answer = JSON.parse(Buffer.from(asked.result).toString()) as T | null;
    return answer && { answer, signed: asked.signed, organizations: asked.organizations };
  }

  /**
   * How high the ledger is: one answer that all organizations sign, or, where their peers stand at different heights, one
   * of each that answers.
   * @throws {AuditError} LEDGER_UNAVAILABLE or ENDORSEMENT_FAILED where none does.
   */
  async observeChain(challenge: string): Promise<Signed<ChainInfoAnswer>[]> {
    const question = this.#chainInfo(challenge);
    try {
      return [toCheckpoint(await ask(question, this.#organizations))];
    } catch (error) {
      const alone = await Promise.allSettled(this.#organizations.map((organization) => ask(question, [organization])));
      const answers = alone.flatMap((one) => (one.status === 'fulfilled' ? [toCheckpoint(one.value)] : []));
      if (answers.length === 0) throw error;
      return answers;
    }
  }

  /** `qscc` does not look at the challenge, but it is an argument of the proposal that the peers sign. */
  #chainInfo(challenge: string): Question {
    const args = [this.#channel.getName(), challenge];
    return { contract: this.#channel.getContract('qscc'), name: 'GetChainInfo', args };
  }

  async #checkpoints(challenge: string, organizations: readonly string[]): Promise<Signed<ChainInfoAnswer>[]> {
    const question = this.#chainInfo(challenge);
    const answers = await ask(question, organizations)
      .then((answer) => [answer])
      .catch(() => Promise.all(organizations.map((organization) => ask(question, [organization]))));
    return answers.map(toCheckpoint);
  }
}

/** The next record's first event, unless the answer reached the head. */
function seqBehind({ records, head }: SessionProof): number | undefined {
  const last = records.at(-1);
  const end = last ? last.first_seq + last.events.length - 1 : head.seq;
  return end < head.seq ? end + 1 : undefined;
}

function incomplete(): AuditError {
  return new AuditError('LEDGER_UNAVAILABLE', 'An organization stopped answering in between.');
}

/** Asks all organizations together; where that fails for good, those that answer alone. */
async function askEverybody(question: Question, organizations: readonly string[]) {
  try {
    return { ...(await askAgain(question, organizations)), organizations };
  } catch (error) {
    const alone = await Promise.allSettled(organizations.map((organization) => ask(question, [organization])));
    const reachable = organizations.filter((_, index) => alone[index]?.status === 'fulfilled');
    if (reachable.length === 0 || reachable.length === organizations.length) throw error;
    return { ...(await askAgain(question, reachable)), organizations: reachable };
  }
}

async function askAgain(question: Question, organizations: readonly string[]) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask(question, organizations);
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof AuditError && error.code === 'ENDORSEMENT_FAILED')) throw error;
      await delay(PAUSE_MS);
    }
  }
}

async function ask({ contract, name, args }: Question, organizations: readonly string[]) {
  try {
    const proposal = contract.newProposal(name, { arguments: args, endorsingOrganizations: [...organizations] });
    const transaction = await proposal.endorse();
    return { result: transaction.getResult(), signed: readSignedBytes(transaction) };
  } catch (error) {
    throw toAuditError(error);
  }
}

function toCheckpoint({ result, signed }: { result: Uint8Array; signed: SignedBytes }): Signed<ChainInfoAnswer> {
  return { answer: readChainInfo(result), signed };
}

function readChainInfo(bytes: Uint8Array): ChainInfoAnswer {
  const info = common.BlockchainInfo.deserializeBinary(bytes);
  return {
    height: info.getHeight(),
    block_hash: Buffer.from(info.getCurrentblockhash_asU8()).toString('hex'),
    previous_block_hash: Buffer.from(info.getPreviousblockhash_asU8()).toString('hex'),
  };
}
