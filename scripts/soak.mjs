// npm run soak -- [--events N | --kills N]: a fleet of agents for a long time, or through many crashes; `--help`
import { prepare } from './bootstrap/prepare.mjs';

prepare({ withTests: true });
await import('../dist/test/soak/run.js');
