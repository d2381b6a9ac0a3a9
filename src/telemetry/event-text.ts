import type { ChangeEvent, EndEvent } from './events.js';

/** Where the weights of a run that did not complete are, for readers. */
export function weightsLine({ step, file }: NonNullable<EndEvent['weights']>): string {
  return `weights of healthy step ${step}: ${file}`;
}

/** What was changed while the run went on. */
export function changeLine({ step, title, edits }: ChangeEvent): string {
  const what = title ?? edits.map(({ path }) => path.join('.')).join(', ');
  return `changed live from step ${step}: ${what}`;
}
