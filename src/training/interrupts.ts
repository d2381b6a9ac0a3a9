/** Exit code of a program the user has interrupted. */
export const INTERRUPTED = 130;

/**
 * Signals and a reader of stdout that goes away all call `stop`, which may be called more than once; a second interrupt ends the process
 * at once. A reader that goes away is no interrupt.
 */
export function stopOnInterrupt(stop: () => void): { interrupt: () => void; interrupted: () => boolean; release: () => void } {
  let interrupts = 0;
  const interrupt = (): void => {
    interrupts += 1;
    if (interrupts > 1) process.exit(INTERRUPTED);
    stop();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  process.stdout.on('close', stop).on('error', stop);
  return {
    interrupt,
    interrupted: () => interrupts > 0,
    release: () => {
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
      process.stdout.off('close', stop).off('error', stop);
    },
  };
}
