import type { LossConfig } from '../../config/training-schema.js';
import { softmaxCrossEntropy } from '../engine/simd/cross-entropy.js';
import { kernelModule } from '../engine/simd/register-simd.js';
import { tf } from '../tf.js';

/**
 * Mean loss of a batch: a scalar, without penalties on the weights. `yTrue` and `yPred` are float32 and of one shape,
 * but for sparseCategoricalCrossentropy, whose `yTrue` [batch, ...] or [batch, ..., 1] holds class indices.
 */
export type LossFunction = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Scalar;

/** Probabilities are kept this far from 0 and 1, as in Keras. */
const EPSILON = 1e-7;

/**
 * The loss function of a config, averaged over outputs and rows.
 *
 * Without `fromLogits` the values and gradients are those of tfjs-layers (and Keras) for the same name, huber with
 * delta 1. From logits they are the exact cross-entropies of softmax or sigmoid (log-sum-exp); tfjs clips the
 * probabilities, and for the sparse one the logits themselves. A NaN prediction gives a NaN loss on every engine.
 */
export function createLoss({ type, fromLogits }: LossConfig): LossFunction {
  const perOutput = fromLogits ? (FROM_LOGITS[type] ?? LOSSES[type]) : LOSSES[type];
  const generic: LossFunction = (yTrue, yPred) => tf.tidy(() => tf.mean<tf.Scalar>(perOutput(yTrue, yPred)));
  const classes = type === 'categoricalCrossentropy' || type === 'sparseCategoricalCrossentropy';
  return fromLogits && classes ? inOneOperation(generic, type === 'sparseCategoricalCrossentropy') : generic;
}

/** On wasm, softmax and cross-entropy as one operation of ours. */
function inOneOperation(generic: LossFunction, sparse: boolean): LossFunction {
  return (yTrue, yPred) => {
    const module = kernelModule();
    const targets = sparse ? yPred.size / (yPred.shape.at(-1) ?? 1) : yPred.size;
    const fits = yPred.rank >= 2 && yTrue.size === targets && yTrue.dtype === 'float32' && yPred.dtype === 'float32';
    return module !== null && fits ? softmaxCrossEntropy(module, yTrue, yPred, sparse) : generic(yTrue, yPred);
  };
}

type PerOutput = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor;

const LOSSES: Record<LossConfig['type'], PerOutput> = {
  meanSquaredError: (yTrue, yPred) => tf.square(tf.sub(yPred, yTrue)),
  meanAbsoluteError: (yTrue, yPred) => tf.abs(tf.sub(yPred, yTrue)),
  // d^2 / 2 up to |d| = 1, |d| - 1/2 beyond (Huber 1964).
  huber: (yTrue, yPred) => {
    const size = tf.abs(tf.sub(yPred, yTrue));
    const near = tf.clipByValue(size, 0, 1);
    return tf.add(tf.mul(0.5, tf.square(near)), tf.sub(size, near));
  },
  // -y log p - (1 - y) log(1 - p), by way of the logit of the clipped p, as Keras 2 and tfjs do.
  binaryCrossentropy: (yTrue, yPred) => {
    const p = tf.clipByValue(yPred, EPSILON, 1 - EPSILON);
    return sigmoidCrossEntropy(yTrue, tf.log(tf.div(p, tf.sub(1, p))));
  },
  categoricalCrossentropy: (yTrue, yPred) => {
    const p = tf.div(yPred, tf.sum(yPred, -1, true));
    return tf.neg(tf.sum(tf.mul(yTrue, tf.log(tf.clipByValue(p, EPSILON, 1 - EPSILON))), -1));
  },
  sparseCategoricalCrossentropy: (yTrue, yPred) =>
    LOSSES.categoricalCrossentropy(oneHot(yTrue, yPred), tf.clipByValue(yPred, EPSILON, 1 - EPSILON)),
  // Targets -1 and 1. relu keeps NaN where maximum(0, x) of the wasm engine of tfjs does not.
  hinge: (yTrue, yPred) => tf.relu(tf.sub(1, tf.mul(yTrue, yPred))),
  // log cosh d = d + softplus(-2 d) - log 2
  logCosh: (yTrue, yPred) => {
    const d = tf.sub(yPred, yTrue);
    return tf.sub(tf.add(d, tf.softplus(tf.mul(-2, d))), Math.LN2);
  },
};

const FROM_LOGITS: Partial<Record<LossConfig['type'], PerOutput>> = {
  binaryCrossentropy: (yTrue, logits) => sigmoidCrossEntropy(yTrue, logits),
  categoricalCrossentropy: (yTrue, logits) => tf.neg(tf.sum(tf.mul(yTrue, tf.logSoftmax(logits)), -1)),
  sparseCategoricalCrossentropy: (yTrue, logits) => tf.neg(tf.sum(tf.mul(oneHot(yTrue, logits), tf.logSoftmax(logits)), -1)),
};

/** max(x, 0) - x y + log(1 + exp(-|x|)) */
function sigmoidCrossEntropy(yTrue: tf.Tensor, logits: tf.Tensor): tf.Tensor {
  const rest = tf.log1p(tf.exp(tf.neg(tf.abs(logits))));
  return tf.add(tf.sub(tf.relu(logits), tf.mul(logits, yTrue)), rest);
}

/** Class indices as one-hot rows of the shape of `yPred`; an index the output has no unit for is a row of zeros. */
export function oneHot(yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor {
  const units = yPred.shape[yPred.shape.length - 1] ?? 1;
  const indices = tf.cast(tf.floor(tf.reshape(yTrue, [-1])), 'int32') as tf.Tensor1D;
  // tf.oneHot refuses a single unit, the output of a known mistake (single-unit-softmax) that must be able to run.
  const hot = units === 1 ? tf.equal(indices, 0) : tf.oneHot(indices, units);
  return tf.reshape(tf.cast(hot, 'float32'), yPred.shape);
}
