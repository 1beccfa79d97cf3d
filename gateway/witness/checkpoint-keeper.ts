import { randomBytes } from 'node:crypto';
import { AuditError } from '../../core/index.js';
import { EvidenceFault, findContradictions, verifyCheckpoint } from '../../verifier/index.js';
import type { Contradiction, Trust, VerifiedCheckpoint } from '../../verifier/index.js';
import { delay } from '../delay.js';
import type { AuditLedger } from '../ledger/audit-ledger.js';
import type { AlarmCode, AlarmStore } from './alarms.js';
import type { CheckpointStore, StoredCheckpoint } from './checkpoint-store.js';
import type { VerifiedChain } from './verified-chain.js';
import { writeCheckpoint } from './write-checkpoint.js';

export interface CheckpointKeeperParts {
  ledger: AuditLedger;
  store: CheckpointStore;
  chain: VerifiedChain;
  alarms: AlarmStore;
  /** What this organization trusts; renewed roots are used at once. */
  trust: () => Trust;
}

const ALARM_OF: Record<Contradiction['code'], AlarmCode> = { FORK: 'CHECKPOINT_FORK', CUT_OFF: 'CHECKPOINT_CUT_OFF' };
const COMPARED_AT_ONCE = 1000;
/** A peer of this organization may be a moment behind the one that signed. */
const LAG_TRIES = 10;
const LAG_MS = 300;

/** Takes, takes in and compares checkpoints. Whatever contradicts raises an alarm, and both sides stay where they are. */
export class CheckpointKeeper {
  readonly #parts: CheckpointKeeperParts;

  constructor(parts: CheckpointKeeperParts) {
    this.#parts = parts;
  }

  /** Asks the peers of all organizations how high the ledger is, and keeps what they sign. @throws {AuditError} */
  async take(): Promise<void> {
    const { ledger } = this.#parts;
    const { channel, mspId } = ledger.network;
    const challenge = randomBytes(16).toString('hex');
    for (const answer of await ledger.observeChain(challenge)) {
      await this.receive(JSON.stringify(writeCheckpoint(answer, { channel, mspId, challenge })));
    }
  }

  /**
   * Takes in one checkpoint, wherever it comes from.
   * @returns whether it was new.
   * @throws {AuditError} INVALID_REQUEST where it does not verify: it is not kept.
   */
  async receive(document: string): Promise<boolean> {
    const { store } = this.#parts;
    const checkpoint = this.#verify(document);
    if (store.has(checkpoint.sha256)) return false;
    // Before it is kept: what is known already is not compared with the others again.
    this.#compareWithOthers(checkpoint);
    store.add(checkpoint, document);
    await this.#compareWithChain(checkpoint);
    return true;
  }

  /** Compares what could not be compared before, because the own ledger did not reach so far. */
  async compareRest(): Promise<void> {
    for (const stored of this.#parts.store.uncompared(COMPARED_AT_ONCE)) {
      for (const checkpoint of this.#verifyAgain(stored)) await this.#compareWithChain(checkpoint);
    }
  }

  #compareWithOthers(checkpoint: VerifiedCheckpoint): void {
    const { store, alarms } = this.#parts;
    const neighbours = store.neighboursOf(checkpoint).flatMap((stored) => this.#verifyAgain(stored));
    for (const { code, detail, between } of findContradictions([checkpoint, ...neighbours])) {
      const evidence = between.map(({ sha256 }) => sha256);
      if (evidence.includes(checkpoint.sha256)) alarms.raise({ code: ALARM_OF[code], detail, evidence });
    }
  }

  async #compareWithChain(checkpoint: VerifiedCheckpoint): Promise<void> {
    const { store, alarms, ledger } = this.#parts;
    const { sha256, height, blockHash, name, signers } = checkpoint;
    const { mspId } = ledger.network;
    const isSignedHere = signers.some((signer) => signer.mspId === mspId);
    // Only a peer that had the block is waited for; whatever height others sign is compared when the ledger is there.
    const own = await this.#ownHash(height - 1, isSignedHere ? LAG_TRIES : 1);
    if (own === undefined) {
      if (!isSignedHere) return;
      const detail = `${name} has ${height} blocks, signed by a peer of ${mspId}, which has fewer now`;
      alarms.raise({ code: 'LEDGER_CUT_OFF', detail, evidence: [sha256] });
      return;
    }
    store.markCompared(sha256);
    if (own === blockHash) return;
    const detail = `${name} has ${blockHash} for block ${height - 1}, the own chain ${own}`;
    alarms.raise({ code: 'CHAIN_MISMATCH', detail, evidence: [sha256] });
  }

  /** As it was verified, or, where it was not, as the peer has it now. */
  async #ownHash(block: number, mostTries: number): Promise<string | undefined> {
    const { chain, ledger } = this.#parts;
    for (let tries = 1; ; tries++) {
      const hash = chain.hashOf(block) ?? (await ledger.readBlockHash(block));
      if (hash !== undefined || tries === mostTries) return hash;
      await delay(LAG_MS);
    }
  }

  /** Nothing of a checkpoint whose signers' roots have been replaced since: one that cannot be judged stops no other. */
  #verifyAgain({ document }: StoredCheckpoint): VerifiedCheckpoint[] {
    try {
      return [this.#verify(document)];
    } catch (error) {
      if (error instanceof AuditError) return [];
      throw error;
    }
  }

  #verify(document: string): VerifiedCheckpoint {
    try {
      return verifyCheckpoint(Buffer.from(document), this.#parts.trust());
    } catch (error) {
      if (!(error instanceof EvidenceFault)) throw error;
      throw AuditError.at(
        error.pointer,
        'INVALID_REQUEST',
        `the checkpoint does not verify: ${error.code}, ${error.message}`,
      );
    }
  }
}
