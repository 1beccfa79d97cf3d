// npm start: the embedded network, the audit contract and a gateway for each organization.
import { prepare } from './bootstrap/prepare.mjs';

prepare();
await import('../dist/scripts/start.js');
