// npm run package: the chaincode packages for real Fabric networks.
import { prepare } from './bootstrap/prepare.mjs';

prepare();
await import('../dist/scripts/package.js');
