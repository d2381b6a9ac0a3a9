import type { tf } from './tf.js';

/** Sums over the entries of one variable: of w^2 before the update, of dw^2, and of g dw with the unscaled gradient. */
export interface UpdateSums {
  weight: number;
  update: number;
  dot: number;
}

/** How weights follow from gradients. */
export interface UpdateRule {
  /** All that the rule remembers between updates (moments, powers of beta, counters); complete from the start. */
  readonly slots: readonly tf.Variable[];
  /**
   * Updates the variables in place. `gradients[i]` belongs to variable i and counts `scales[i]` times; the learning rate holds
   * for this update. Returns the sums of each variable where they are wanted and a by-product.
   */
  apply(gradients: readonly tf.Tensor[], learningRate: number, scales: readonly number[], sums?: boolean): UpdateSums[] | null;
  dispose(): void;
}
