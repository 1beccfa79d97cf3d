// npm run bench -- [--quick] [--json]: speed, beside what else keeps audit events; `--help` lists the options
import { prepare } from './bootstrap/prepare.mjs';

prepare({ withTests: true });
await import('../dist/test/bench/run.js');
