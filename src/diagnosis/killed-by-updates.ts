import type { Vitals } from './vitals.js';

/** Norm of an update / norm of all weights that can carry units out of the data: learning runs stay below 0.15. */
const LARGE_UPDATE = 0.3;

/**
 * A part of the net that passed gradient at the start has lost it, after updates as large as a third of the weights: they, not the
 * architecture or the first weights, are the cause.
 */
export function isKilledByUpdates(vitals: Vitals, wasAlive: boolean): boolean {
  return wasAlive && (vitals.exploded || vitals.largestUpdateRatio > LARGE_UPDATE);
}
