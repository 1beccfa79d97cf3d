export { findComposePrograms, isFirstVersion, runCompose } from './compose-program.js';
export { gatewayName, gatewayPort } from './gateway-service.js';
export { composeFileOf, dockerCompose, openComposeNetwork, upCompose, writeComposeNetwork } from './compose-network.js';
