export { composeFileOf, dockerCompose, openComposeNetwork, upCompose, writeComposeNetwork } from './compose-network.js';
