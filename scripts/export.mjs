// npm run export -- --out DIR: a population of events as CSV, with the evidence that it is that.
import { prepare } from './bootstrap/prepare.mjs';

prepare();
await import('../dist/scripts/export.js');
