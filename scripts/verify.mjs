// npm run verify -- FILE --trust DIR: checks a file of evidence, offline.
import { prepare } from './bootstrap/prepare.mjs';

prepare();
await import('../dist/scripts/verify.js');
