import type { tf } from './tf.js';

/** Sums over the entries of one variable: of w^2 before the update, of dw^2, and of g dw with the uncut gradient. */
export interface UpdateSums {
  weight: number;
  update: number;
  dot: number;
}

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
   * for this update. Returns the sums of each variable where they are wanted and a by-product.
   */
  apply(gradients: readonly tf.Tensor[], learningRate: number, cuts: readonly Cut[], sums?: boolean): UpdateSums[] | null;
  dispose(): void;
}
