// npm run gateway: one organization's gateway on a network that is there already.
import { prepare } from './bootstrap/prepare.mjs';

prepare();
await import('../dist/scripts/gateway.js');
