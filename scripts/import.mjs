// npm run import -- FILE…: agent traces into the ledger through the REST API.
import { prepare } from './bootstrap/prepare.mjs';

prepare();
await import('../dist/scripts/import.js');
