import type { KernelModule } from '../engine/simd/kernel-module.js';
import { batchNormalization, layerNormalization } from '../engine/simd/normalization.js';
import { tf } from '../tf.js';
import { firstOf } from './layer-parts.js';

/** What this code reads of a batch normalisation of tfjs. */
export interface BatchNormLayer extends tf.layers.Layer {
  axis: number;
  momentum: number;
  epsilon: number;
  gamma: tf.LayerVariable | null | undefined;
  beta: tf.LayerVariable | null | undefined;
  movingMean: tf.LayerVariable;
  movingVariance: tf.LayerVariable;
}

/** What this code reads of a layer normalisation of tfjs; the axes are in order and not negative once it is built. */
export interface LayerNormLayer extends tf.layers.Layer {
  axis: number[];
  epsilon: number;
  gamma: tf.LayerVariable | null | undefined;
  beta: tf.LayerVariable | null | undefined;
}

const valueOf = (weight: tf.LayerVariable | null | undefined): tf.Tensor | null => weight?.read() ?? null;

/**
 * Makes the training pass of a batch normalisation one operation; inference stays with tfjs. An axis that is not the last is
 * brought there and back (tfjs has no gradient for it), and gamma and beta may be missing (tfjs asks for them).
 */
export function fuseBatchNorm(module: KernelModule, layer: BatchNormLayer): void {
  const call = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    const x = firstOf(inputs);
    const training = (kwargs as { training?: boolean } | undefined)?.training === true;
    if (!training || tf.getBackend() !== 'wasm' || x.dtype !== 'float32') return call(inputs, kwargs);
    return tf.tidy(() => {
      const order = lastAndBack(x.rank, layer.axis);
      const given = { x: order === null ? x : tf.transpose(x, order.there), gamma: valueOf(layer.gamma), beta: valueOf(layer.beta) };
      const { y, mean, variance } = batchNormalization(module, given, layer.epsilon);
      moveOn(layer.movingMean, mean, layer.momentum);
      moveOn(layer.movingVariance, variance, layer.momentum);
      return order === null ? y : tf.transpose(y, order.back);
    });
  };
}

/** Orders of axes that bring `axis` to the end and back; null where it is there. */
function lastAndBack(rank: number, axis: number): { there: number[]; back: number[] } | null {
  const from = axis < 0 ? axis + rank : axis;
  if (from === rank - 1) return null;
  const others = Array.from({ length: rank }, (_, i) => i).filter((i) => i !== from);
  const there = [...others, from];
  return { there, back: there.map((_, i) => there.indexOf(i)) };
}

/** average -= (average - value) * (1 - momentum), in the order of tfjs. */
function moveOn(average: tf.LayerVariable, value: tf.Tensor, momentum: number): void {
  tf.tidy(() => {
    const old = average.read();
    average.write(tf.sub(old, tf.mul(tf.sub(old, value), 1 - momentum)));
  });
}

/** Makes a layer normalisation over the last axes one operation. */
export function fuseLayerNorm(module: KernelModule, layer: LayerNormLayer, note: (reason: string) => void): void {
  const call = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    const x = firstOf(inputs);
    if (tf.getBackend() !== 'wasm') return call(inputs, kwargs);
    const first = x.rank - layer.axis.length;
    if (!layer.axis.every((axis, i) => axis === first + i) || x.dtype !== 'float32') {
      note(`normalizes in several passes: axis ${layer.axis.join(', ')} is not the last`);
      return call(inputs, kwargs);
    }
    const size = tf.util.sizeFromShape(x.shape.slice(first));
    return layerNormalization(module, { x, gamma: valueOf(layer.gamma), beta: valueOf(layer.beta) }, size, layer.epsilon);
  };
}
