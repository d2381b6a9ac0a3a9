import { beforeAll, describe, expect, it } from 'vitest';
import { selectEngine } from '../../../../../src/training/engine/select-engine.js';
import type { KernelModule } from '../../../../../src/training/engine/simd/kernel-module.js';
import { prelu, thresholdedRelu } from '../../../../../src/training/engine/simd/rectifiers.js';
import { kernelModule } from '../../../../../src/training/engine/simd/register-simd.js';
import { tf } from '../../../../../src/training/tf.js';
import { distinct, gradientCheck } from '../gradient-check.js';
import { Arena, Dice, gap } from './arena.js';

let module: KernelModule;
beforeAll(async () => {
  await selectEngine('wasm');
  module = kernelModule() as KernelModule;
});

/** Shapes of x and of alpha: one for each entry of a row, shared along the first axes, along others, and by all. */
const shapes: [number[], number[]][] = [
  [[3, 7], [7]],
  [[70, 5], [5]],
  [[2, 3, 2, 6], [3, 2, 6]],
  [[2, 3, 5, 4], [1, 1, 4]],
  [[2, 3, 5, 4], [3, 1, 1]],
  [[2, 3, 5], [1, 5]],
  [[4, 3], [1]],
]; // prettier-ignore

describe('prelu', () => {
  it.each(shapes)('of %j with slopes %j equals its definition, and its gradients are those of finite differences', (shape, slopes) => {
    const before = tf.memory().numTensors;
    // No value within a step of the corner.
    const size = tf.util.sizeFromShape(shape);
    const values = distinct(size, 0.2, 0.11 - 0.2 * Math.floor(size / 2));
    const check = (f: (x: tf.Tensor, alpha: tf.Tensor) => tf.Tensor) =>
      tf.tidy(() => gradientCheck({ shapes: [shape, slopes], values: [values, new Dice(2).floats(tf.util.sizeFromShape(slopes))], f, step: 0.05 }) as unknown as tf.TensorContainer) as unknown as ReturnType<typeof gradientCheck>; // prettier-ignore
    const own = check((x, alpha) => prelu(module, x, alpha));
    const parts = check((x, alpha) => tf.where(tf.greater(x, 0), x, tf.mul(x, alpha)));
    expect(own.error).toBeLessThan(5e-3);
    expect(gap(own.value, parts.value)).toBeLessThan(1e-6);
    // The kernel of tfjs, which models of one's own may call, takes slopes in turn where later axes share them.
    expect(gap(check((x, alpha) => tf.prelu(x, alpha)).value, parts.value)).toBeLessThan(1e-6);
    own.gradients.forEach((gradient, i) => expect(gap(gradient, parts.gradients[i] ?? [])).toBeLessThan(1e-5));
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('thresholded relu', () => {
  it('is x above theta, else 0, with its gradient', () => {
    const { value, gradients, error } = tf.tidy(() => gradientCheck({ shapes: [[5]], values: [Float32Array.of(-1, 0.4, 0.6, 2, 0)], f: (x) => thresholdedRelu(module, x, 0.5), step: 0.05 }) as unknown as tf.TensorContainer) as unknown as ReturnType<typeof gradientCheck>; // prettier-ignore
    expect(gap(value, [0, 0, 0.6, 2, 0])).toBeLessThan(1e-7);
    expect(error).toBeLessThan(1e-3);
    expect(gradients[0]?.map((g) => g !== 0)).toEqual([false, false, true, true, false]);
  });
});

describe('rectifiers', () => {
  it('keep NaN', () => {
    tf.tidy(() => {
      const x = tf.tensor1d([NaN, 1, -1, NaN, 3]);
      expect([...thresholdedRelu(module, x, 0).dataSync()].map(Number.isNaN)).toEqual([true, false, false, true, false]);
      const rows = tf.reshape(x, [1, 5]);
      expect([...prelu(module, rows, tf.zeros([5])).dataSync()].map(Number.isNaN)).toEqual([true, false, false, true, false]);
    });
  });

  it('write nothing outside their buffers', () => {
    const dice = new Dice(5);
    for (let round = 0; round < 60; round++) {
      const [rows, n] = [dice.whole(1, 70), dice.whole(1, 9)];
      const arena = new Arena(module);
      const [x, dy, alpha, to, slopes] = [dice.floats(rows * n), dice.floats(rows * n), dice.floats(n), rows * n, n].map((block) => arena.put(block)) as [number, number, number, number, number]; // prettier-ignore
      module.kernels.preluGradient(to, dy, x, alpha, rows, n);
      module.kernels.preluSlopeGradient(slopes, dy, x, rows, n);
      module.kernels.thresholded(to, dy, x, 0.1, rows * n);
      const [oneA, oneB] = [dice.whole(0, 1), dice.whole(0, 1)];
      module.kernels.extreme(to, x, n * 4, oneA, alpha, 0, oneB, rows, n, dice.whole(0, 1));
      arena.close();
    }
  });
});

describe('maximum and minimum', () => {
  const pairs: [number[], number[]][] = [
    [[7], [7]], [[3, 5], [5]], [[5], [3, 5]], [[2, 3, 5], [1, 1, 5]], [[2, 3, 5], []], [[], [4, 2]], [[3, 1], [1, 4]],
    [[2, 3], [2, 1]], [[1], [1]], [[0, 3], [3]], [[2, 1, 4], [3, 1]], [[1, 6], [6]], [[2, 2, 3], [2, 3]],
  ]; // prettier-ignore

  it.each(pairs)('of %j and %j are those of cpu, NaN wherever it stands', async (a, b) => {
    const dice = new Dice(8);
    const data = [a, b].map((shape) => dice.floats(tf.util.sizeFromShape(shape)).map((value) => (value > 0.7 ? NaN : value)));
    const outcome = async (engine: 'wasm' | 'cpu') => {
      await selectEngine(engine);
      return tf.tidy(() => {
        const [x, y] = [tf.tensor(data[0] as Float32Array, a), tf.tensor(data[1] as Float32Array, b)];
        return [tf.maximum(x, y), tf.minimum(x, y)].map((z) => ({
          shape: z.shape,
          values: [...z.dataSync()],
        }));
      });
    };
    const cpu = await outcome('cpu');
    expect(await outcome('wasm')).toEqual(cpu);
  });
});
