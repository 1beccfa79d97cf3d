import type { ChainInfoAnswer } from '../../core/index.js';
import type { Signer } from '../identity.js';

/** What somebody has seen of the ledger at some time, as peers signed it: a checkpoint, or the one inside evidence. */
export interface Sighting {
  /** How a report names it. */
  name: string;
  height: number;
  /** Hashes of blocks, by number: the last one and whichever others follow from it. */
  blocks: ReadonlyMap<number, string>;
  /** Since the epoch, by the observer's clock, which the signers hold to 15 minutes of theirs. */
  seconds: number;
  observedBy: string;
  signers: readonly { mspId: string; fingerprint: string }[];
}

/** Who signed, in words. */
export function signersOf({ signers }: Sighting): string {
  return signers.map(({ mspId }) => mspId).join(', ');
}

/** What an answer of `GetChainInfo` shows; only those whom the user trusts count as signers. */
export function sightingOf(
  { height, block_hash: last, previous_block_hash: previous }: ChainInfoAnswer,
  { signers, ...seen }: Pick<Sighting, 'name' | 'seconds' | 'observedBy'> & { signers: readonly Signer[] },
): Sighting {
  const trusted = signers.filter(({ issuer }) => issuer);
  return {
    ...seen,
    height,
    blocks: new Map([
      [height - 2, previous],
      [height - 1, last],
    ]),
    signers: trusted.map(({ mspId, fingerprint }) => ({ mspId, fingerprint })),
  };
}
