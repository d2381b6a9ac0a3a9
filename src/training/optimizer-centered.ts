import type { OptimizerConfig } from '../config/training-schema.js';
import { ruleByVariable, zeroSlots } from './rule-by-variable.js';
import { tf } from './tf.js';
import type { UpdateRule } from './update-rule.js';

type RmspropConfig = Extract<OptimizerConfig, { type: 'rmsprop' }>;

/**
 * RMSprop divided by the standard deviation of the gradient instead of its root mean square (Graves 2013, eq. 38-45):
 * s = decay s + (1 - decay) g^2, m = decay m + (1 - decay) g, v = momentum v + rate g / sqrt(s - m^2 + epsilon), w -= v.
 * TensorFlow.js has this too, but subtracts epsilon under the root, which gives NaN within a few steps.
 */
export function createCenteredRmsprop(config: RmspropConfig, variables: readonly tf.Variable[]): UpdateRule {
  const squares = zeroSlots(variables);
  const means = zeroSlots(variables);
  const moments = zeroSlots(variables);

  const update = (i: number, gradient: tf.Tensor, learningRate: number): void => {
    const [square, mean, moment, weight] = [squares[i], means[i], moments[i], variables[i]] as [tf.Variable, tf.Variable, tf.Variable, tf.Variable]; // prettier-ignore
    square.assign(tf.add(tf.mul(square, config.decay), tf.mul(tf.square(gradient), 1 - config.decay)));
    mean.assign(tf.add(tf.mul(mean, config.decay), tf.mul(gradient, 1 - config.decay)));
    // Rounding can take a variance below zero; relu passes NaN on where maximum would hide it on the wasm engine.
    const variance = tf.relu(tf.sub(square, tf.square(mean)));
    const step = tf.div(tf.mul(gradient, learningRate), tf.sqrt(tf.add(variance, config.epsilon)));
    moment.assign(tf.add(tf.mul(moment, config.momentum), step));
    weight.assign(tf.sub(weight, moment));
  };

  return ruleByVariable([...squares, ...means, ...moments], update);
}
