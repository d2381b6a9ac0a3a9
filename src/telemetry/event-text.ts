import type { ChangeEvent, EndEvent, ForecastEvent, RollbackEvent } from './events.js';

/** Where the weights of a run that did not complete are, for readers. */
export function weightsLine({ step, file }: NonNullable<EndEvent['weights']>): string {
  return `weights of healthy step ${step}: ${file}`;
}

/** What was changed while the run went on. */
export function changeLine({ step, title, edits }: ChangeEvent): string {
  const what = title ?? edits.map(({ path }) => path.join('.')).join(', ');
  return `changed live from step ${step}: ${what}`;
}

/** Where a run went back to. */
export function rollbackLine({ step, to }: RollbackEvent): string {
  return `rolled back from step ${step} to step ${to}`;
}

/** "forecast at step 60: overflow in 40 steps; it was 35". */
export function forecastLine({ step, steps, actual }: ForecastEvent): string {
  const said = `forecast at step ${step}: overflow in ${steps} ${steps === 1 ? 'step' : 'steps'}`;
  return `${said}; ${actual === null ? 'the run ended before' : `it was ${actual}`}`;
}
