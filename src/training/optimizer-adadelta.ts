import type { OptimizerConfig } from '../config/training-schema.js';
import { ruleByVariable, zeroSlots } from './rule-by-variable.js';
import { tf } from './tf.js';
import type { UpdateRule } from './update-rule.js';

type AdadeltaConfig = Extract<OptimizerConfig, { type: 'adadelta' }>;

/**
 * Adadelta (Zeiler 2012, algorithm 1), as Keras has it:
 * s = rho s + (1 - rho) g^2, dw = sqrt(u + epsilon) / sqrt(s + epsilon) g, u = rho u + (1 - rho) dw^2, w -= rate dw.
 * TensorFlow.js has this too, but divides by the s of the step before: its first step is the whole gradient, however large.
 */
export function createAdadelta(config: AdadeltaConfig, variables: readonly tf.Variable[]): UpdateRule {
  const squares = zeroSlots(variables);
  const updates = zeroSlots(variables);

  const update = (i: number, gradient: tf.Tensor, learningRate: number): void => {
    const [square, past, weight] = [squares[i], updates[i], variables[i]] as [tf.Variable, tf.Variable, tf.Variable];
    square.assign(averaged(square, gradient, config.rho));
    const size = tf.sqrt(tf.div(tf.add(past, config.epsilon), tf.add(square, config.epsilon)));
    const step = tf.mul(size, gradient);
    past.assign(averaged(past, step, config.rho));
    weight.assign(tf.sub(weight, tf.mul(step, learningRate)));
  };

  return ruleByVariable([...squares, ...updates], update);
}

/** rho average + (1 - rho) values^2. */
function averaged(average: tf.Tensor, values: tf.Tensor, rho: number): tf.Tensor {
  return tf.add(tf.mul(average, rho), tf.mul(tf.square(values), 1 - rho));
}
