export { nodePackage, servicePackage } from './chaincode-package.js';
export type { ChaincodePackage, ServiceConnection } from './chaincode-package.js';
export { comparePeers } from './compare-peers.js';
export { install } from './install.js';
export { deploy, down, reset, status, up, upgrade, verify } from './native-network.js';
export type { NativeNetwork, NativeOptions, ProcessStatus } from './native-network.js';
export { logFile } from './processes.js';
export { FABRIC_VERSION, findPrograms, ProgramError } from './programs.js';
export type { Programs } from './programs.js';
