// npm run checkpoints -- compare A B --trust DIR: whether two sets of checkpoints can be of one ledger, offline.
import { prepare } from './bootstrap/prepare.mjs';

prepare();
await import('../dist/scripts/checkpoints.js');
