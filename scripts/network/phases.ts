/** Tells the user what is being done, with the seconds since the first call. */
export function phasePrinter(): (phase: string) => void {
  const started = Date.now();
  return (phase) => {
    process.stderr.write(`${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s  ${phase} …\n`);
  };
}
