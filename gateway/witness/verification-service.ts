import type { Logger } from 'pino';
import { timestampFromMs } from '../../core/index.js';
import { hashHeader } from '../../verifier/index.js';
import { delay } from '../delay.js';
import type { AuditLedger, BlockStream, DeliveredBlock } from '../ledger/audit-ledger.js';
import type { AlarmStore } from './alarms.js';
import { checkBlock } from './check-block.js';
import type { BlockRules } from './check-block.js';
import { wait } from './repeat.js';
import type { VerifiedChain } from './verified-chain.js';

export interface VerificationParts {
  ledger: AuditLedger;
  chain: VerifiedChain;
  alarms: AlarmStore;
  /** Renewed roots are used from the next block on. */
  rules: () => BlockRules;
  /** Part of the time that verifying may take, so that what the gateway is for does not wait for it. */
  share: number;
  logger: Logger;
  onVerified: (height: number) => void;
}

/**
 * `halted`: the peer's chain is not the one that was verified; nothing that comes after can be trusted to continue it,
 * and so nothing is verified until the peer has the verified chain again.
 */
export type VerificationStatus = 'verifying' | 'halted' | 'waiting';

const RETRY_MS = 5000;
/** A block that was waited for comes while the answers to what is in it are being sent, and who got them posts again. */
const WAITED_FOR_MS = 1;
const BEHIND_ANSWERS_MS = 4;

/** Verifies the blocks of the organization's own peer as they commit, each once, across restarts. */
export class VerificationService {
  readonly #parts: VerificationParts;
  #status: VerificationStatus = 'waiting';
  #verifiedAt: string | undefined;
  #stream: BlockStream | undefined;
  #closed = false;
  #running: Promise<void> | undefined;

  constructor(parts: VerificationParts) {
    this.#parts = parts;
  }

  get status(): VerificationStatus {
    return this.#status;
  }

  /** When the last block was verified, by this process. */
  get verifiedAt(): string | undefined {
    return this.#verifiedAt;
  }

  start(): void {
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stream?.close();
    await wait(this.#running);
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      try {
        if (await this.compareMemory()) await this.#follow();
      } catch (error) {
        if (this.#isClosed()) return;
        this.#status = 'waiting';
        this.#parts.logger.warn({ err: error }, 'blocks could not be verified, it is tried again');
      }
      for (let waited = 0; waited < RETRY_MS && !this.#isClosed(); waited += 100) await delay(100);
    }
  }

  /**
   * Whether the peer still has the last block that was verified.
   * @throws {AuditError} where the peer does not answer.
   */
  async compareMemory(): Promise<boolean> {
    const { chain, ledger, alarms } = this.#parts;
    const { height } = chain;
    if (height === 0) return true;
    const hash = await ledger.readBlockHash(height - 1);
    if (hash === chain.hashOf(height - 1)) return true;
    this.#status = 'halted';
    this.#stream?.close();
    if (hash === undefined) {
      const { height: left } = await ledger.readChainInfo();
      alarms.raise({
        code: 'LEDGER_CUT_OFF',
        block: left,
        detail: `${height} blocks were verified, the peer has ${left}`,
      });
    }
    await this.#findRewritten();
    return false;
  }

  /** All blocks behind the first that was rewritten have other hashes too: that one is found by halving. */
  async #findRewritten(): Promise<void> {
    const { chain, ledger, alarms } = this.#parts;
    const differs = async (block: number) => (await ledger.readBlockHash(block)) !== chain.hashOf(block);
    let same = -1;
    let different = Math.min(chain.height, (await ledger.readChainInfo()).height) - 1;
    if (different < 0 || !(await differs(different))) return;
    while (different - same > 1) {
      const middle = Math.floor((same + different) / 2);
      if (await differs(middle)) different = middle;
      else same = middle;
    }
    const found = await ledger.readBlockHash(different);
    const detail = `${chain.hashOf(different)} was verified, the peer has ${found}`;
    alarms.raise({ code: 'LEDGER_REWRITTEN', block: different, detail });
  }

  async #follow(): Promise<void> {
    const { ledger, chain } = this.#parts;
    this.#status = 'verifying';
    this.#stream = ledger.followBlocks(chain.height);
    if (this.#isClosed()) this.#stream.close();
    try {
      let readyMs = performance.now();
      for await (const block of this.#stream) {
        if (performance.now() - readyMs > WAITED_FOR_MS) await delay(BEHIND_ANSWERS_MS);
        const startedMs = performance.now();
        if (!(await this.#take(block))) return;
        await delay((performance.now() - startedMs) * (1 / this.#parts.share - 1));
        readyMs = performance.now();
      }
    } finally {
      this.#stream.close();
    }
  }

  /** @returns whether the block continues the verified chain. */
  async #take(block: DeliveredBlock): Promise<boolean> {
    const { chain, alarms, rules, onVerified } = this.#parts;
    const { height } = chain;
    const previous = height === 0 ? '' : chain.hashOf(height - 1);
    const named = Buffer.from(block.previousHash).toString('hex');
    if (block.number !== height || named !== previous) {
      this.#status = 'halted';
      const detail = `after ${previous} of block ${height - 1} came block ${block.number} that names ${named}`;
      alarms.raise({ code: 'BROKEN_LINK', block: height, detail });
      return false;
    }
    const inUse = rules();
    const { findings, hasSubstance } = await checkBlock(block, inUse).catch((error: unknown) => {
      inUse.heads.forget();
      throw error;
    });
    for (const { code, detail } of findings) alarms.raise({ code, block: height, detail });
    chain.append(hashHeader(block), hasSubstance);
    this.#verifiedAt = timestampFromMs(Date.now());
    onVerified(chain.height);
    return true;
  }

  /** Not a field to the compiler, which takes one that it has seen false for false. */
  #isClosed(): boolean {
    return this.#closed;
  }
}
