import type { Config } from '../../config/config-schema.js';
import type { MetricName } from '../../config/training-schema.js';
import { tf } from '../tf.js';
import { oneHot } from './losses.js';

/** A figure of a batch. Shapes as for the loss. */
export type MetricFunction = (yTrue: tf.Tensor, yPred: tf.Tensor) => number;

interface Context {
  /** Targets are class indices. */
  sparse: boolean;
  /** A class is predicted where the output of its unit is above this: 0 for logits and for targets -1 and 1. */
  threshold: number;
}

/**
 * The metrics of a config by name, in its order.
 *
 * `accuracy` is the share of rows whose class is right: sparse or categorical (arg max) or binary (threshold) as the
 * loss and the width of the output say. `precision` and `recall` count all units above the threshold together, as in
 * Keras: tp / (tp + fp) and tp / (tp + fn), 0 where the denominator is 0. A NaN prediction is never right.
 */
export function createMetrics(config: Pick<Config, 'training'>): Record<string, MetricFunction> {
  const { loss, metrics } = config.training;
  const context: Context = {
    sparse: loss.type === 'sparseCategoricalCrossentropy',
    threshold: loss.fromLogits || loss.type === 'hinge' ? 0 : 0.5,
  };
  return Object.fromEntries(
    metrics.map((name) => [
      name,
      (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.tidy(() => METRICS[name](yTrue, yPred, context).dataSync()[0] as number),
    ]),
  );
}

type Metric = (yTrue: tf.Tensor, yPred: tf.Tensor, context: Context) => tf.Tensor;

const METRICS: Record<MetricName, Metric> = {
  accuracy: (yTrue, yPred, context) => {
    if (context.sparse) return METRICS.sparseCategoricalAccuracy(yTrue, yPred, context);
    const units = yPred.shape[yPred.shape.length - 1] ?? 1;
    return (units > 1 ? METRICS.categoricalAccuracy : METRICS.binaryAccuracy)(yTrue, yPred, context);
  },
  binaryAccuracy: (yTrue, yPred, context) => {
    const { positive, predicted } = thresholded(yTrue, yPred, context);
    return shareOf(tf.logicalAnd(tf.equal(positive, predicted), isNumber(yPred)));
  },
  categoricalAccuracy: (yTrue, yPred, context) => classAccuracy(tf.argMax(dense(yTrue, yPred, context), -1), yPred),
  sparseCategoricalAccuracy: (yTrue, yPred, context) => {
    // How the target is encoded follows from the loss: this metric may meet it one-hot.
    if (yTrue.size === yPred.size) return METRICS.categoricalAccuracy(yTrue, yPred, { ...context, sparse: false });
    const indices = tf.reshape(yTrue, yPred.shape.slice(0, -1));
    return classAccuracy(tf.cast(tf.floor(indices), 'int32'), yPred);
  },
  precision: (yTrue, yPred, context) => {
    const { positive, predicted } = thresholded(yTrue, yPred, context);
    return ratio(tf.logicalAnd(positive, predicted), predicted);
  },
  recall: (yTrue, yPred, context) => {
    const { positive, predicted } = thresholded(yTrue, yPred, context);
    return ratio(tf.logicalAnd(positive, predicted), positive);
  },
  meanSquaredError: (yTrue, yPred, context) => tf.mean(tf.square(tf.sub(yPred, dense(yTrue, yPred, context)))),
  meanAbsoluteError: (yTrue, yPred, context) => tf.mean(tf.abs(tf.sub(yPred, dense(yTrue, yPred, context)))),
  // Per cent of |y|, which is taken to be at least 1e-7.
  meanAbsolutePercentageError: (yTrue, yPred, context) => {
    const target = dense(yTrue, yPred, context);
    const size = tf.clipByValue(tf.abs(target), 1e-7, Number.MAX_VALUE);
    return tf.mul(100, tf.mean(tf.abs(tf.div(tf.sub(target, yPred), size))));
  },
};

function classAccuracy(classes: tf.Tensor, yPred: tf.Tensor): tf.Tensor {
  const right = tf.equal(classes, tf.argMax(yPred, -1));
  return shareOf(tf.logicalAnd(right, tf.all(isNumber(yPred), -1)));
}

function thresholded(yTrue: tf.Tensor, yPred: tf.Tensor, context: Context): { positive: tf.Tensor; predicted: tf.Tensor } {
  const target = dense(yTrue, yPred, context);
  // Classes are 0 and 1, or -1 and 1: positive is what lies above 1/2.
  return { positive: tf.greater(target, 0.5), predicted: tf.greater(yPred, context.threshold) };
}

/** Targets of the shape of the output. */
const dense = (yTrue: tf.Tensor, yPred: tf.Tensor, { sparse }: Context): tf.Tensor => (sparse ? oneHot(yTrue, yPred) : yTrue);
const isNumber = (x: tf.Tensor): tf.Tensor => tf.logicalNot(tf.isNaN(x));
const shareOf = (flags: tf.Tensor): tf.Tensor => tf.mean(tf.cast(flags, 'float32'));

function ratio(part: tf.Tensor, whole: tf.Tensor): tf.Tensor {
  const count = tf.sum(tf.cast(whole, 'float32'));
  return tf.div(tf.sum(tf.cast(part, 'float32')), tf.maximum(count, 1));
}
