import type { tf } from './tf.js';

/**
 * What is summed up of each variable in an update, and where it stands among its SUM_COUNT numbers. Of the uncut gradient g:
 * the sum of g^2, the largest |g|, how many entries are not finite, how many are 0. Of the weights w and their change dw: the sums of
 * w^2 before the update, of dw^2 and of g dw. One number is left to the kernels.
 */
export const SUM = { squares: 0, maxAbs: 1, nonFinite: 2, zeros: 3, weight: 4, update: 5, dot: 6 } as const;
export const SUM_COUNT = 8;

/** What of it an update is to sum up on its way: nothing, the squares of the gradient alone, or all. */
export type Wanted = 'nothing' | 'squares' | 'all';

/**
 * What becomes of a gradient before it moves weights: it counts `scale` times, each value is kept within +-limit, and the values of
 * unit c (the last axis) count units[c] times. No clip does more than one of them.
 */
export interface Cut {
  scale: number;
  limit: number;
  units: tf.Tensor | null;
}

export const UNCUT: Cut = { scale: 1, limit: Infinity, units: null };

/** How weights follow from gradients. */
export interface UpdateRule {
  /** All that the rule remembers between updates (moments, powers of beta, counters); complete from the start. */
  readonly slots: readonly tf.Variable[];
  /**
   * Updates the variables in place. `gradients[i]` belongs to variable i and is cut as `cuts[i]` says; the learning rate holds
   * for this update. Returns SUM_COUNT numbers of each variable (default: all of them are wanted), valid until the next update,
   * where they are a by-product; else null.
   */
  apply(gradients: readonly tf.Tensor[], learningRate: number, cuts: readonly Cut[], wanted?: Wanted): Float64Array | null;
  dispose(): void;
}
