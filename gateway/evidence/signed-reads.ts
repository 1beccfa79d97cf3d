import { setTimeout as delay } from 'node:timers/promises';
import type { Contract, Network } from '@hyperledger/fabric-gateway';
import { common } from '@hyperledger/fabric-protos';
import { AuditError, TRANSACTIONS } from '../../core/index.js';
import type { ChainInfoAnswer, EventProof } from '../../core/index.js';
import { toAuditError } from '../fabric/faults.js';
import { readSignedBytes } from './signed-answer.js';
import type { SignedBytes } from './signed-answer.js';

/** An answer and the bytes in which peers of several organizations signed it. */
export interface Signed<T> {
  answer: T;
  signed: SignedBytes;
}

export interface SignedProof {
  event: Signed<EventProof>;
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
   * @throws {AuditError} of the contract; LEDGER_UNAVAILABLE or ENDORSEMENT_FAILED where no organization answers.
   */
  async proveEvent(locator: string, challenge: string): Promise<SignedProof | null> {
    const question = {
      contract: this.#channel.getContract(this.#chaincode),
      name: TRANSACTIONS.proveEvent,
      args: [locator, challenge],
    };
    const { organizations, ...event } = await askEverybody(question, this.#organizations);
    const answer = JSON.parse(Buffer.from(event.result).toString()) as EventProof | null;
    if (!answer) return null;
    return { event: { answer, signed: event.signed }, checkpoints: await this.#checkpoints(challenge, organizations) };
  }

  /** `qscc` does not look at the challenge, but it is an argument of the proposal that the peers sign. */
  async #checkpoints(challenge: string, organizations: readonly string[]): Promise<Signed<ChainInfoAnswer>[]> {
    const channel = this.#channel.getName();
    const question = {
      contract: this.#channel.getContract('qscc'),
      name: 'GetChainInfo',
      args: [channel, challenge],
    };
    const answers = await ask(question, organizations)
      .then((answer) => [answer])
      .catch(() => Promise.all(organizations.map((organization) => ask(question, [organization]))));
    return answers.map(({ result, signed }) => ({ answer: readChainInfo(result), signed }));
  }
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

function readChainInfo(bytes: Uint8Array): ChainInfoAnswer {
  const info = common.BlockchainInfo.deserializeBinary(bytes);
  return {
    height: info.getHeight(),
    block_hash: Buffer.from(info.getCurrentblockhash_asU8()).toString('hex'),
    previous_block_hash: Buffer.from(info.getPreviousblockhash_asU8()).toString('hex'),
  };
}
