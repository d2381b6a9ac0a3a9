import type { EndEvent } from './events.js';

/** Where the weights of a run that did not complete are, for readers. */
export function weightsLine({ step, file }: NonNullable<EndEvent['weights']>): string {
  return `weights of healthy step ${step}: ${file}`;
}
