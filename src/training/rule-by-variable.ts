import { cutGradient } from './clip.js';
import { tf } from './tf.js';
import { UNCUT, type UpdateRule } from './update-rule.js';

/** Zeros in the shape of each variable: a slot a rule remembers something in. */
export function zeroSlots(variables: readonly tf.Variable[]): tf.Variable[] {
  return variables.map((variable) => tf.tidy(() => tf.zerosLike(variable).variable(false)));
}

/**
 * A rule on operations of TensorFlow.js that treats each variable by itself. `update` assigns variable `i` and its slots new values,
 * from its gradient after clipping; the rule owns the slots. It sums nothing up on the way.
 */
export function ruleByVariable(
  slots: readonly tf.Variable[],
  update: (i: number, gradient: tf.Tensor, learningRate: number) => void,
): UpdateRule {
  return {
    slots,
    apply: (gradients, learningRate, cuts) => {
      tf.tidy(() => gradients.forEach((gradient, i) => update(i, cutGradient(gradient, cuts[i] ?? UNCUT), learningRate)));
      return null;
    },
    dispose: () => tf.dispose([...slots]),
  };
}
