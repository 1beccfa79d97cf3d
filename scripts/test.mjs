// npm test: everything, tier by tier; the last line is "N passed, N failed".
import { prepare } from './bootstrap/prepare.mjs';

prepare({ withTests: true });
await import('../dist/test/runner/run.js');
