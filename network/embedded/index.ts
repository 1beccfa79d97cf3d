export { startEmbeddedNetwork } from './embedded-network.js';
export type { EmbeddedNetwork, EmbeddedNetworkOptions } from './embedded-network.js';
export type { ChaincodeSource } from './chaincode-host/launcher.js';
export type { SimulationMode } from './services/gateway-dependencies.js';
export { verifyEmbeddedLedger } from './verify-embedded-ledger.js';
export type { BlockUnderTest, LedgerFinding } from './ledger/verify.js';
