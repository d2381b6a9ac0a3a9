import { beforeAll, describe, expect, it } from 'vitest';
import { selectEngine } from '../../../../../src/training/engine/select-engine.js';
import { dense } from '../../../../../src/training/engine/simd/dense.js';
import type { KernelModule } from '../../../../../src/training/engine/simd/kernel-module.js';
import { kernelModule } from '../../../../../src/training/engine/simd/register-simd.js';
import { fuseLayer } from '../../../../../src/training/model/fuse-layers.js';
import { tf } from '../../../../../src/training/tf.js';
import { gradientCheck } from '../gradient-check.js';
import { gap } from './arena.js';

let module: KernelModule;
beforeAll(async () => {
  await selectEngine('wasm');
  module = kernelModule() as KernelModule;
});

const dataCount = (): number => tf.engine().backend.numDataIds();

describe('Identity', () => {
  it('shares the values and survives the tensor it was made of', () => {
    const before = dataCount();
    const x = tf.tensor1d([1, 2, 3]);
    const y = tf.clone(x);
    expect(module.address(y)).toBe(module.address(x));
    expect(dataCount()).toBe(before + 1);
    x.dispose();
    const other = tf.tensor1d([7, 8, 9]);
    expect([...y.dataSync()]).toEqual([1, 2, 3]);
    tf.dispose([y, other]);
    expect(dataCount()).toBe(before);
  });

  it('keeps the value of a variable that is assigned afterwards', () => {
    const before = dataCount();
    const variable = tf.variable(tf.tensor1d([1, 2]));
    const held = tf.clone(variable);
    tf.tidy(() => variable.assign(tf.tensor1d([5, 6])));
    expect([...held.dataSync(), ...variable.dataSync()]).toEqual([1, 2, 5, 6]);
    held.dispose();
    expect([...variable.dataSync()]).toEqual([5, 6]);
    variable.dispose();
    tf.engine().disposeVariables();
    expect(dataCount()).toBeLessThanOrEqual(before + 1);
  });

  it('is not written through by operations on the copy', () => {
    const values = tf.tidy(() => {
      const x = tf.tensor1d([-1, NaN, 9]);
      const y = tf.clone(x);
      tf.relu6(y);
      tf.clipByValue(y, 0, 1);
      tf.maximum(y, tf.scalar(NaN));
      tf.softmax(y);
      return x.dataSync();
    });
    expect([...values]).toEqual([-1, NaN, 9]);
  });
});

describe('relu', () => {
  it('lets the gradient through where its output is positive, also in a gradient of a gradient', () => {
    const [x, factor] = [tf.tensor1d([-2, 0, 3, NaN, 5]), tf.tensor1d([7, 7, 7, 7, 7])];
    const first = tf.tidy(() => tf.grad((a: tf.Tensor) => tf.relu(a))(x, factor));
    const second = tf.tidy(() => tf.grad((a: tf.Tensor) => tf.grad((b: tf.Tensor) => tf.relu(b))(x, tf.square(a)))(factor));
    expect([[...first.dataSync()], [...second.dataSync()]]).toEqual([[0, 0, 7, 0, 7], [0, 0, 14, 0, 14]]); // prettier-ignore
    tf.dispose([x, factor, first, second]);
  });
});

describe('special values', () => {
  it('stay NaN and infinite in relu, relu6, clip, and dense', () => {
    const [relu, relu6, clip, layer] = tf.tidy(() => {
      const x = tf.tensor1d([NaN, Infinity, -Infinity, -0.5]);
      const product = dense(tf.expandDims(x, 1), tf.tensor2d([[1]]), tf.tensor1d([0]), true);
      return [tf.relu(x), tf.relu6(x), tf.clipByValue(x, -1, 1), product].map((y) => [...y.dataSync()]) as unknown as tf.Tensor[];
    }) as unknown as number[][];
    expect(relu).toEqual([NaN, Infinity, 0, 0]);
    expect(relu6).toEqual([NaN, 6, 0, 0]);
    expect(clip).toEqual([NaN, 1, -1, -0.5]);
    expect(layer).toEqual([NaN, Infinity, 0, 0]);
  });
});

describe('dense', () => {
  it.each([false, true])('has the gradient of finite differences (relu %s)', (relu) => {
    const shapes = [[5, 7], [7, 9], [9]]; // prettier-ignore
    const { error } = gradientCheck({
      shapes,
      f: (x, w, b) => dense(x, w, b, relu),
      step: relu ? 1e-3 : 0.1,
    });
    expect(error).toBeLessThan(5e-3);
  });

  it('takes no rows', () => {
    const gradients = tf.tidy(
      () =>
        tf
          .grads((x, w, b) => tf.sum(dense(x, w, b, true)))([tf.zeros([0, 3]), tf.ones([3, 2]), tf.ones([2])])
          .map((gradient) => [gradient.shape, [...gradient.dataSync()]]) as unknown as tf.Tensor[],
    ) as unknown as [number[], number[]][];
    expect(gradients).toEqual([[[0, 3], []], [[3, 2], [0, 0, 0, 0, 0, 0]], [[2], [0, 0]]]); // prettier-ignore
  });

  it.each([2, 3])('as a layer equals that of tfjs on inputs of rank %i', (rank) => {
    const gapOf = tf.tidy(() => {
      const make = () => tf.layers.dense({ units: 5, activation: 'relu' });
      const [stock, fused] = [make(), make()];
      const x = tf.randomNormal(rank === 2 ? [4, 6] : [2, 3, 6], 0, 1, 'float32', 4);
      [stock, fused].forEach((layer) => layer.build(x.shape));
      fused.setWeights(stock.getWeights());
      fuseLayer(fused);
      return gap((fused.apply(x) as tf.Tensor).dataSync(), (stock.apply(x) as tf.Tensor).dataSync()) as unknown as tf.Tensor;
    }) as unknown as number;
    expect(gapOf).toBeLessThan(1e-6);
  });

  it('is right while the heap grows, and takes nothing for good', () => {
    const step = (rows: number): number[] =>
      tf.tidy(() => {
        const [x, w, b] = [tf.ones([rows, 64]), tf.fill([64, 64], 0.5), tf.zeros([64])];
        const [dx, dw, db] = tf.grads((p, q, r) => tf.sum(dense(p, q, r, true)))([x, w, b]);
        return [dx, dw, db].map((gradient) => tf.max(gradient as tf.Tensor).dataSync()[0]) as unknown as tf.Tensor[];
      }) as unknown as number[];
    step(8);
    const [tensors, data, heap] = [tf.memory().numTensors, dataCount(), module.heapBytes];
    for (const rows of [16, 70_000, 32, 150_000]) expect(step(rows)).toEqual([32, rows, rows]);
    expect(module.heapBytes).toBeGreaterThan(heap);
    expect([tf.memory().numTensors, dataCount()]).toEqual([tensors, data]);
    const grown = module.heapBytes;
    for (let i = 0; i < 5; i++) step(150_000);
    expect(module.heapBytes).toBe(grown);
  });
});
