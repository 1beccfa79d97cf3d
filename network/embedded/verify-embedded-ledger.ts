import { loadDefinition, type ConsortiumDefinition } from '../definition/index.js';
import { chaincodeDefinition } from './channel-definition.js';
import { verifyLedger, type LedgerFinding } from './ledger/verify.js';
import { ledgerDir, loadMaterial } from './data-dir.js';
import { ChannelMembership } from './msp/membership.js';
import { verifyBlockSignatures } from './verify-signatures.js';

/**
 * Verifies the ledger of a network that is not running: its blocks, state and private data against one another, and
 * every signature against the certificate authorities in the data directory.
 * @returns what does not hold; nothing if all is well
 */
export async function verifyEmbeddedLedger(
  dataDir: string,
  definition: ConsortiumDefinition = loadDefinition(),
): Promise<LedgerFinding[]> {
  const { organizations, orderer } = loadMaterial(dataDir, definition);
  const rules = {
    channelId: definition.channel,
    chaincode: chaincodeDefinition(definition),
    membership: new ChannelMembership([...organizations, orderer]),
    ordererMspId: orderer.mspId,
  };
  return verifyLedger({
    dir: ledgerDir(dataDir),
    channel: definition.channel,
    checkBlock: (block) => verifyBlockSignatures(block, rules),
  });
}
