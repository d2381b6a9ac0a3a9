import { beforeAll, describe, expect, it } from 'vitest';
import { selectEngine } from '../../../../../src/training/engine/select-engine.js';
import type { KernelModule } from '../../../../../src/training/engine/simd/kernel-module.js';
import { batchNormalization, layerNormalization } from '../../../../../src/training/engine/simd/normalization.js';
import { kernelModule } from '../../../../../src/training/engine/simd/register-simd.js';
import { fuseLayer } from '../../../../../src/training/model/fuse-layers.js';
import { tf } from '../../../../../src/training/tf.js';
import { gradientCheck } from '../gradient-check.js';
import { Arena, Dice, gap } from './arena.js';

let module: KernelModule;
beforeAll(async () => {
  await selectEngine('wasm');
  module = kernelModule() as KernelModule;
});

const EPSILON = 1e-3;

/** The formulas of the header of kernels/normalization.ts in float64, over the rows or the columns of x [N, C]. */
function reference(x: Float32Array, dy: Float32Array, gamma: Float32Array, beta: Float32Array, byRow: boolean) {
  const C = gamma.length;
  const N = x.length / C;
  const groups = byRow ? N : C;
  const [groupOf, size] = byRow ? [(i: number) => Math.floor(i / C), C] : [(i: number) => i % C, N];
  const means = (value: (i: number) => number): number[] => {
    const sums = Array<number>(groups).fill(0);
    x.forEach((_, i) => (sums[groupOf(i)] = (sums[groupOf(i)] as number) + value(i)));
    return sums.map((sum) => sum / size);
  };
  const at = (values: ArrayLike<number>, i: number): number => values[i] as number;
  const mean = means((i) => at(x, i));
  const variance = means((i) => (at(x, i) - at(mean, groupOf(i))) ** 2);
  const n = Array.from(x, (value, i) => (value - at(mean, groupOf(i))) / Math.sqrt(at(variance, groupOf(i)) + EPSILON));
  const e = Array.from(dy, (value, i) => value * at(gamma, i % C));
  const [e1, en] = [means((i) => at(e, i)), means((i) => at(e, i) * at(n, i))];
  const columns = (value: (i: number) => number): number[] => {
    const sums = Array<number>(C).fill(0);
    x.forEach((_, i) => (sums[i % C] = (sums[i % C] as number) + value(i)));
    return sums;
  };
  return {
    mean,
    variance,
    y: n.map((value, i) => value * at(gamma, i % C) + at(beta, i % C)),
    dx: n.map((value, i) => (at(e, i) - at(e1, groupOf(i)) - value * at(en, groupOf(i))) / Math.sqrt(at(variance, groupOf(i)) + EPSILON)),
    dGamma: columns((i) => at(dy, i) * at(n, i)),
    dBeta: columns((i) => at(dy, i)),
  };
}

describe('normalisation kernels', () => {
  it('equal plain float64 loops and write nothing else', () => {
    const dice = new Dice(41);
    const { kernels } = module;
    for (let round = 0; round < 120; round++) {
      const [N, C] = [dice.whole(1, round % 10 === 0 ? 200 : 20), dice.whole(1, 21)];
      const [x, dy, gamma, beta] = [dice.floats(N * C), dice.floats(N * C), dice.floats(C), dice.floats(C)];
      const arena = new Arena(module);
      const [atX, atDy, atGamma, atBeta] = [arena.put(x), arena.put(dy), arena.put(gamma), arena.put(beta)];
      const [y, dx, dGamma, dBeta] = [arena.put(N * C), arena.put(N * C), arena.put(C), arena.put(C)];
      const byRow = dice.chance();
      const groups = byRow ? N : C;
      const [mean, variance, inverse] = [arena.put(groups), arena.put(groups), arena.put(groups)];
      const expected = reference(x, dy, gamma, beta, byRow);
      if (byRow) {
        kernels.layerNorm(atX, N, C, atGamma, atBeta, EPSILON, mean, inverse, y);
        kernels.layerNormSums(atX, atDy, N, C, mean, inverse, dGamma);
        kernels.columnSum(dBeta, atDy, N, C);
        kernels.layerNormGradient(atX, atDy, N, C, atGamma, mean, inverse, dx);
      } else {
        kernels.batchNorm(atX, N, C, atGamma, atBeta, EPSILON, mean, variance, inverse, y);
        kernels.batchNormSums(atX, atDy, N, C, mean, inverse, dGamma, dBeta);
        kernels.batchNormGradient(atX, atDy, N, C, atGamma, mean, inverse, dGamma, dBeta, dx);
        expect(gap(arena.read(variance, groups), expected.variance)).toBeLessThan(1e-6);
      }
      const gaps = [
        gap(arena.read(mean, groups), expected.mean),
        gap(arena.read(y, N * C), expected.y),
        gap(arena.read(dx, N * C), expected.dx),
        gap(arena.read(dGamma, C), expected.dGamma),
        gap(arena.read(dBeta, C), expected.dBeta),
      ];
      arena.close();
      expect({ N, C, byRow, fits: gaps.every((distance) => distance < 3e-5) }).toEqual({ N, C, byRow, fits: true });
    }
  });

  it('have the gradients of finite differences, with and without gamma and beta', () => {
    const shapes = [[3, 4, 5], [5], [5]]; // prettier-ignore
    const batch = (x: tf.Tensor, gamma: tf.Tensor | null, beta: tf.Tensor | null) => batchNormalization(module, { x, gamma, beta }, EPSILON).y; // prettier-ignore
    const layer = (x: tf.Tensor, gamma: tf.Tensor | null, beta: tf.Tensor | null) => layerNormalization(module, { x, gamma, beta }, 5, EPSILON); // prettier-ignore
    for (const f of [batch, layer]) {
      expect(gradientCheck({ shapes, f: (x, gamma, beta) => f(x, gamma, beta), step: 0.02 }).error).toBeLessThan(5e-3); // prettier-ignore
      expect(gradientCheck({ shapes: [[6, 5]], f: (x) => f(x, null, null), step: 0.02 }).error).toBeLessThan(5e-3);
    }
  });

  it('keep NaN: in its column, in its row', () => {
    const [batch, layer] = tf.tidy(() => {
      const x = tf.tensor2d([1, 2, NaN, 4, 5, 6], [3, 2]);
      const none = { x, gamma: null, beta: null };
      const values = [batchNormalization(module, none, EPSILON).y, layerNormalization(module, none, 2, EPSILON)];
      return values.map((tensor) => [...tensor.dataSync()].map(Number.isNaN)) as unknown as tf.Tensor[];
    }) as unknown as boolean[][];
    expect(batch).toEqual([true, false, true, false, true, false]);
    expect(layer).toEqual([false, false, true, true, false, false]);
  });
});

type MakeLayer = () => tf.layers.Layer;

/** Output, gradients of input and weights, and all weights (running averages too) after three passes in training. */
function outcome(layer: tf.layers.Layer, x: tf.Tensor): Float32Array[] {
  const project = new Dice(78).floats(x.size);
  return tf.tidy(() => {
    const loss = (input: tf.Tensor): tf.Scalar =>
      tf.sum(tf.mul(layer.apply(input, { training: true }) as tf.Tensor, tf.tensor(project, x.shape)));
    const y = layer.apply(x, { training: true }) as tf.Tensor;
    const { grads } = tf.variableGrads(() => loss(x));
    const byWeight = layer.trainableWeights.map(({ originalName, name }) => grads[name] ?? grads[originalName]);
    const after = [y, tf.grad(loss)(x), ...byWeight, ...layer.getWeights()];
    return after.map((tensor) => (tensor as tf.Tensor).dataSync() as Float32Array) as unknown as tf.Tensor[];
  }) as unknown as Float32Array[];
}

const layers: [string, number[], MakeLayer][] = [
  ['batch, rank 2', [7, 6], () => tf.layers.batchNormalization({ gammaInitializer: 'randomUniform', momentum: 0.7 })],
  ['batch, rank 4', [2, 3, 4, 5], () => tf.layers.batchNormalization({ betaInitializer: 'randomUniform' })],
  ['layer', [6, 9], () => tf.layers.layerNormalization({ gammaInitializer: 'randomUniform' })],
  ['layer, rank 3, two axes', [2, 5, 4], () => tf.layers.layerNormalization({ axis: [1, 2] })],
  ['layer, another axis', [2, 5, 4], () => tf.layers.layerNormalization({ axis: 1 })],
];

describe('normalising layers', () => {
  it.each(layers)('equal those of tfjs: %s', (_, shape, make) => {
    const [stock, fused] = [make(), make()];
    const x = tf.tensor(new Dice(9).floats(shape.reduce((a, b) => a * b, 1)), shape);
    for (const layer of [stock, fused]) layer.build(shape);
    fused.setWeights(stock.getWeights());
    const before = tf.memory().numTensors;
    fuseLayer(fused);
    const [expected, got] = [outcome(stock, x), outcome(fused, x)];
    expect(got).toHaveLength(expected.length);
    expect(Math.max(...expected.map((values, i) => gap(got[i] as Float32Array, values)))).toBeLessThan(2e-5);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([x, ...[stock, fused].flatMap((layer) => layer.weights.map((weight) => weight.read()))]);
  });

  it('train without gamma and beta, and along another axis, where those of tfjs fail', () => {
    const plain = { scale: false, center: false };
    const batch = tf.layers.batchNormalization({ ...plain, axis: 1 });
    const layer = tf.layers.layerNormalization(plain);
    const x = tf.tensor3d([1, 2, 3, 9, 5, 7, 2, 2], [2, 2, 2]);
    for (const each of [batch, layer]) {
      each.build([2, 2, 2]);
      fuseLayer(each);
    }
    const [y, dx, rows] = tf.tidy(() => {
      const apply = (input: tf.Tensor): tf.Tensor => batch.apply(input, { training: true }) as tf.Tensor;
      const gradient = tf.grad((input) => tf.sum(tf.square(apply(input))))(x);
      return [apply(x), gradient, layer.apply(x) as tf.Tensor].map((tensor) => [...tensor.dataSync()]) as unknown as tf.Tensor[];
    }) as unknown as number[][];
    // Channel 0 holds 1, 2, 5, 7: mean 3.75, variance 5.6875; channel 1 holds 3, 9, 2, 2.
    const at = (value: number, mean: number, variance: number): number => (value - mean) / Math.sqrt(variance + EPSILON);
    expect(y?.[0]).toBeCloseTo(at(1, 3.75, 5.6875), 5);
    expect(y?.[3]).toBeCloseTo(at(9, 4, 8.5), 5);
    // The squares of normalised values add up to what does not depend on the values, but for epsilon.
    expect(Math.max(...(dx ?? [NaN]).map(Math.abs))).toBeLessThan(1e-3);
    expect(rows?.[0]).toBeCloseTo(at(1, 1.5, 0.25), 5);
    x.dispose();
    batch.weights.forEach((weight) => weight.dispose());
  });
});
