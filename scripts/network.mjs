// npm run network -- COMMAND --on NETWORK
import { prepare } from './bootstrap/prepare.mjs';

prepare();
await import('../dist/scripts/network.js');
