import type { tf } from './tf.js';

/** How weights follow from gradients. */
export interface UpdateRule {
  /** All that the rule remembers between updates (moments, powers of beta, counters); complete from the start. */
  readonly slots: readonly tf.Variable[];
  /** Updates the variables in place. `gradients[i]` belongs to variable i; the learning rate holds for this update. */
  apply(gradients: readonly tf.Tensor[], learningRate: number): void;
  dispose(): void;
}
