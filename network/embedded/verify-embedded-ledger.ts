import { loadDefinition, type ConsortiumDefinition } from '../definition/index.js';
import { chaincodeDefinition } from './channel-definition.js';
import { verifyLedger, type BlockUnderTest, type LedgerFinding } from './ledger/verify.js';
import { ledgerDir, loadMaterial } from './data-dir.js';
import { parseEnvelopeRwset } from './ledger/parse-rwset.js';
import { ValidationCode } from './ledger/types.js';
import { LIFECYCLE } from './wire/lifecycle-state.js';
import { readDefinition } from './lifecycle/read-definition.js';
import { ChannelMembership } from './msp/membership.js';
import { verifyGenesis } from './verify-genesis.js';
import { verifyBlockSignatures } from './verify-signatures.js';

/**
 * Verifies the ledger of a network that is not running: its blocks, state and private data against one another, and
 * every signature against the certificate authorities in the data directory.
 * @param onBlock told of every block that could be read
 * @returns what does not hold; nothing if all is well
 */
export async function verifyEmbeddedLedger(
  dataDir: string,
  definition: ConsortiumDefinition = loadDefinition(),
  onBlock: (block: BlockUnderTest) => void = () => undefined,
): Promise<LedgerFinding[]> {
  const { organizations, orderer } = loadMaterial(dataDir, definition);
  const roots = [...organizations, orderer];
  const lifecycle = new Map<string, Uint8Array>();
  const rules = {
    channelId: definition.channel,
    chaincode: chaincodeDefinition(definition),
    membership: new ChannelMembership(roots),
    applicationMspIds: organizations.map(({ mspId }) => mspId),
    ordererMspId: orderer.mspId,
  };
  return verifyLedger({
    dir: ledgerDir(dataDir),
    channel: definition.channel,
    checkBlock: (block) => {
      onBlock(block);
      if (block.number === 0) return verifyGenesis(block, { channelId: definition.channel, roots });
      const findings = verifyBlockSignatures(block, rules);
      // What a block says of the definition holds from the next block on.
      for (const [key, value] of definitionWrites(block)) lifecycle.set(key, value);
      const value = (key: string): Uint8Array | undefined => lifecycle.get(key);
      const { chaincode, applicationMspIds } = rules;
      rules.chaincode = readDefinition(chaincode.name, value, applicationMspIds) ?? chaincode;
      return findings;
    },
  });
}

function definitionWrites({ envelopes, codes }: BlockUnderTest): [string, Uint8Array][] {
  return envelopes
    .filter((_, txNum) => codes[txNum] === ValidationCode.VALID)
    .flatMap((envelope) => parseEnvelopeRwset(envelope))
    .filter(({ namespace }) => namespace === LIFECYCLE)
    .flatMap(({ writes }) => writes.map(({ key, value }): [string, Uint8Array] => [key, value]));
}
