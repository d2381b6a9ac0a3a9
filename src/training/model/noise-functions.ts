import { tf } from '../tf.js';
import type { Part } from './layer-parts.js';

/** The next of a stream of uniform 32-bit integers, 0 ... 2^32 - 1. */
export type Generator32 = () => number;

/** sfc32 of PractRand (Doty-Humphrey): masks need many numbers fast, seeded by the stream of their layer and step. */
export function smallFastCounting(a: number, b: number, c: number, counter: number): Generator32 {
  return () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
}

type NoiseFunction = (part: Part, x: tf.Tensor, next: Generator32) => tf.Tensor;

/** What a noise layer of tfjs does in training, by class name. */
export const NOISE: Record<string, NoiseFunction | undefined> = {
  Dropout: (part, x, next) => dropout(x, part.rate ?? 0, noiseShape(part, x), next),
  // One draw per row and channel: whole feature maps are dropped.
  SpatialDropout1D: (part, x, next) => dropout(x, part.rate ?? 0, [x.shape[0] ?? 1, 1, x.shape[2] ?? 1], next),
  // y = x + N(0, stddev)
  GaussianNoise: (part, x, next) => tf.add(x, normal(x.shape, 0, part.stddev ?? 0, next)),
  // y = x N(1, sqrt(rate / (1 - rate))); Srivastava et al. 2014
  GaussianDropout: ({ rate = 0 }, x, next) =>
    rate === 0 ? tf.clone(x) : tf.mul(x, normal(x.shape, 1, Math.sqrt(rate / (1 - rate)), next)),
  AlphaDropout: (part, x, next) => alphaDropout(x, part.rate ?? 0, noiseShape(part, x), next),
};

const noiseShape = (part: Part, x: tf.Tensor): number[] => (part.noiseShape ?? x.shape).map((size, axis) => size ?? x.shape[axis] ?? 1);

/** y = x mask / (1 - rate), the mask 0 with probability `rate` (Srivastava et al. 2014). */
export function dropout(x: tf.Tensor, rate: number, shape: readonly number[], next: Generator32): tf.Tensor {
  return rate === 0 ? tf.clone(x) : tf.mul(x, mask(shape, rate, 1 / (1 - rate), next));
}

function mask(shape: readonly number[], rate: number, kept: number, next: Generator32): tf.Tensor {
  const limit = rate * 2 ** 32;
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < values.length; i++) values[i] = next() >= limit ? kept : 0;
  return tf.tensor(values, [...shape]);
}

/** Dropped values become the limit of selu at -Infinity; then an affine map restores mean and variance (Klambauer et al. 2017). */
function alphaDropout(x: tf.Tensor, rate: number, shape: readonly number[], next: Generator32): tf.Tensor {
  if (rate === 0) return tf.clone(x);
  const limit = -1.6732632423543772 * 1.0507009873554805;
  const keep = mask(shape, rate, 1, next);
  const scale = 1 / Math.sqrt((1 - rate) * (1 + rate * limit ** 2));
  const dropped = tf.add(tf.mul(x, keep), tf.mul(tf.sub(1, keep), limit));
  return tf.add(tf.mul(dropped, scale), -scale * limit * rate);
}

/** Box-Muller (1958). */
function normal(shape: readonly number[], mean: number, deviation: number, next: Generator32): tf.Tensor {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < values.length; i += 2) {
    const radius = deviation * Math.sqrt(-2 * Math.log((next() + 0.5) / 2 ** 32));
    const angle = (2 * Math.PI * next()) / 2 ** 32;
    values[i] = mean + radius * Math.cos(angle);
    if (i + 1 < values.length) values[i + 1] = mean + radius * Math.sin(angle);
  }
  return tf.tensor(values, [...shape]);
}
