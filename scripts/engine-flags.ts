import { setFlagsFromString } from 'node:v8';

/** Bytecode that a function runs through before the engine looks whether to optimize it; V8's own default is 67,584. */
const INTERRUPT_BUDGET = 16_000;
/** Of Node 22. What decides there instead (`--invocation-count-for-turbofan`) was left as it is. */
const FIRST_V8_WITHOUT_BUDGET = 12;

/** By how much a heap may grow beyond what lives in it before it is collected, in percent; up to 300 by V8's own rule. */
const HEAP_GROWTH_PERCENT = 100;

/**
 * Has V8 optimize after a quarter of the usual work. A server's functions are many and run a hundred times a second: with
 * the default most of them wait for it a minute long (measured in `docs/performance.md`). With a lower budget much is
 * compiled before enough is known of it, and so twice.
 */
export function optimizeSoon(): void {
  if (Number.parseInt(process.versions.v8, 10) >= FIRST_V8_WITHOUT_BUDGET) return;
  setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET}`);
}

/**
 * Has V8 collect the old heaps of this process sooner, of its threads too, and with them the buffers that are held by
 * nothing else: a quarter less memory for a fiftieth of the speed. What is below that costs more (`docs/performance.md`,
 * "Memory").
 */
export function collectSoon(): void {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
}
