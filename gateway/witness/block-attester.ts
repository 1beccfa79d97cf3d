import type { AuditLedger } from '../ledger/audit-ledger.js';
import type { AlarmStore } from './alarms.js';
import type { VerifiedChain } from './verified-chain.js';

/** Says on the ledger which blocks this organization has verified, and looks at what the others say. */
export class BlockAttester {
  readonly #ledger: AuditLedger;
  readonly #chain: VerifiedChain;
  readonly #alarms: AlarmStore;

  constructor(ledger: AuditLedger, chain: VerifiedChain, alarms: AlarmStore) {
    this.#ledger = ledger;
    this.#chain = chain;
    this.#alarms = alarms;
  }

  /**
   * A range ends at the last block that holds more than attestations of blocks: where there is none since the last time,
   * nothing is written, so that organizations do not attest one another's attestations for ever.
   * @throws {AuditError}
   */
  async attest(): Promise<void> {
    const { mspId } = this.#ledger.network;
    const attestations = await this.#ledger.readBlockAttestations();
    for (const { recorded_by: by, to_block: block, block_hash: hash } of attestations) {
      const own = this.#chain.hashOf(block);
      if (own === undefined || own === hash) continue;
      const detail = `${by.msp_id} attested ${hash} on the ledger, the own chain has ${own}`;
      this.#alarms.raise({ code: 'CHAIN_MISMATCH', block, detail });
    }
    const last = attestations.find(({ recorded_by: by }) => by.msp_id === mspId)?.to_block ?? -1;
    const range = this.#chain.substanceFrom(last + 1);
    const hash = range && this.#chain.hashOf(range.last);
    if (!range || hash === undefined) return;
    const found = this.#alarms.codesIn(range.first, range.last);
    await this.#ledger.attestBlocks({ from_block: range.first, to_block: range.last, block_hash: hash, found });
  }
}
