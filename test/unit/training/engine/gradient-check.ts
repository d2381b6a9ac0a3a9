import { tf } from '../../../../src/training/tf.js';

/** Numbers in [-1, 1), the same on every machine. */
export function noise(length: number, seed = 1): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Distinct values in random order, `gap` apart: no two entries of a pooling window are close to a tie. */
export function distinct(length: number, gap: number, offset: number, seed = 1): Float32Array {
  const order = Array.from(noise(length, seed), (value, index) => ({ value, index })).sort((a, b) => a.value - b.value);
  const out = new Float32Array(length);
  order.forEach(({ index }, rank) => (out[index] = offset + gap * rank));
  return out;
}

export interface GradientCase {
  shapes: number[][];
  values?: (Float32Array | Int32Array)[];
  f: (...inputs: tf.Tensor[]) => tf.Tensor;
  /** Inputs to differentiate by; all where not given. */
  wrt?: number[];
  step?: number;
}

export interface GradientResult {
  value: number[];
  gradients: number[][];
  /** Largest |analytic - numeric| / (1 + |numeric|). */
  error: number;
}

/** Value, gradients of sum(f * fixed noise), and their distance from central differences, on the present backend. */
export function gradientCheck({ shapes, values, f, wrt, step = 0.25 }: GradientCase): GradientResult {
  const data = shapes.map((shape, i) => values?.[i] ?? noise(tf.util.sizeFromShape(shape), i + 3));
  const tensors = data.map((array, i) => tf.tensor(array, shapes[i], array instanceof Int32Array ? 'int32' : 'float32'));
  const indices = wrt ?? tensors.map((_, i) => i);
  const project = (...inputs: tf.Tensor[]): tf.Scalar => {
    const y = f(...inputs);
    return tf.sum(tf.mul(y, tf.tensor(noise(y.size, 77), y.shape)));
  };
  const value = Array.from(f(...tensors).dataSync());
  const gradients = tf
    .grads((...inputs: tf.Tensor[]) => {
      const all = tensors.slice();
      indices.forEach((index, i) => (all[index] = inputs[i] as tf.Tensor));
      return project(...all);
    })(indices.map((index) => tensors[index] as tf.Tensor))
    .map((g) => Array.from(g.dataSync()));
  let error = 0;
  indices.forEach((index, i) => {
    const array = data[index] as Float32Array;
    const stride = Math.max(1, Math.floor(array.length / 23));
    for (let at = 0; at < array.length; at += stride) {
      const shifted = (by: number): number => {
        const moved = array.slice();
        moved[at] = (moved[at] as number) + by;
        const all = tensors.slice();
        all[index] = tf.tensor(moved, shapes[index]);
        return project(...all).dataSync()[0] as number;
      };
      const numeric = (shifted(step) - shifted(-step)) / (2 * step);
      error = Math.max(error, Math.abs((gradients[i]?.[at] ?? NaN) - numeric) / (1 + Math.abs(numeric)));
    }
  });
  return { value, gradients, error };
}

/** Largest |a - b| / (1 + |b|); NaN equals NaN. */
export function distance(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return Infinity;
  return a.reduce((worst, value, i) => {
    const other = b[i] as number;
    if (Object.is(value, other)) return worst;
    const off = Math.abs(value - other) / (1 + Math.abs(other));
    return Number.isNaN(off) ? Infinity : Math.max(worst, off);
  }, 0);
}
