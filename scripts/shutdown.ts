/**
 * Ctrl-C or SIGTERM: closes what is running, last started first, then ends the process. A second signal ends it at
 * once; the ledger is made for that too.
 * @param running may still grow while the process starts.
 */
export function stopOnSignals(running: { close(): Promise<void> | void }[]): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(130);
    stopping = true;
    process.stderr.write('\nFinishing what was accepted …\n');
    void closeAll(running).then((failed) => {
      process.stderr.write(failed ? 'Stopped, but not cleanly.\n' : 'Stopped.\n');
      process.exit(failed ? 1 : 0);
    });
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

async function closeAll(running: { close(): Promise<void> | void }[]): Promise<boolean> {
  let failed = false;
  for (const part of [...running].reverse()) {
    try {
      await part.close();
    } catch (error) {
      failed = true;
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  return failed;
}
