import { setFlagsFromString } from 'node:v8';

/** Bytecode that a function runs through before the engine looks whether to optimize it; V8's own default is 67,584. */
const INTERRUPT_BUDGET = 16_000;
/** Of Node 22. What decides there instead (`--invocation-count-for-turbofan`) was left as it is. */
const FIRST_V8_WITHOUT_BUDGET = 12;

/**
 * Has V8 optimize after a quarter of the usual work. A server's functions are many and run a hundred times a second: with
 * the default most of them wait for it a minute long (measured in `docs/performance.md`). With a lower budget much is
 * compiled before enough is known of it, and so twice.
 */
export function optimizeSoon(): void {
  if (Number.parseInt(process.versions.v8, 10) >= FIRST_V8_WITHOUT_BUDGET) return;
  setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET}`);
}
