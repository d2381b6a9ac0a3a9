import { beforeAll, describe, expect, it } from 'vitest';
import { selectEngine } from '../../../../src/training/engine/select-engine.js';
import { tf } from '../../../../src/training/tf.js';
import { distance, distinct, gradientCheck, noise, type GradientCase } from './gradient-check.js';

beforeAll(async () => {
  await selectEngine('cpu');
  await selectEngine('wasm');
});

async function onBoth<T>(work: () => T): Promise<{ cpu: T; wasm: T }> {
  await selectEngine('cpu');
  const cpu = tf.tidy(work as () => never) as T;
  await selectEngine('wasm');
  return { cpu, wasm: tf.tidy(work as () => never) };
}

const conv = (x: tf.Tensor, w: tf.Tensor, strides: [number, number] | number, pad: 'same' | 'valid', dilation = 1) =>
  tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad, 'NHWC', dilation);
const depthwise = (x: tf.Tensor, w: tf.Tensor, strides: number, pad: 'same' | 'valid', dilation = 1) =>
  tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad, 'NHWC', dilation);
const pooled = (length: number, offset: number): Float32Array[] => [distinct(length, 0.02, offset)];

const cases: Record<string, GradientCase> = {
  'conv2d valid': { shapes: [[2, 5, 6, 3], [3, 2, 3, 4]], f: (x, w) => conv(x, w, 1, 'valid') },
  'conv2d same, stride [2, 1]': { shapes: [[2, 5, 6, 3], [3, 2, 3, 4]], f: (x, w) => conv(x, w, [2, 1], 'same') },
  'conv2d dilated': { shapes: [[2, 7, 8, 2], [3, 2, 2, 3]], f: (x, w) => conv(x, w, 1, 'same', 2) },
  'conv1d causal-like, dilated': { shapes: [[2, 9, 2], [3, 2, 3]], f: (x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 1, 'valid', 'NWC', 3) },
  'conv2d transposed': { shapes: [[2, 3, 3, 2], [3, 3, 4, 2]], f: (x, w) => tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [2, 6, 6, 4], 2, 'same') },
  'depthwise valid': { shapes: [[2, 5, 6, 3], [3, 2, 3, 2]], f: (x, w) => depthwise(x, w, 1, 'valid') },
  'depthwise same, stride 2': { shapes: [[2, 5, 6, 3], [3, 2, 3, 2]], f: (x, w) => depthwise(x, w, 2, 'same') },
  'depthwise dilated': { shapes: [[2, 7, 6, 3], [3, 2, 3, 1]], f: (x, w) => depthwise(x, w, 1, 'same', 2) },
  'gather (segment sum)': { shapes: [[6, 4], [2, 5]], values: [noise(24), Int32Array.from([0, 5, 2, 2, 5, 5, 1, 0, 0, 2])], f: (x, ids) => tf.gather(x, ids), wrt: [0] },
  'max pool, positive': { shapes: [[2, 6, 6, 3]], values: pooled(216, 0.1), f: (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'), step: 0.005 },
  'max pool, negative': { shapes: [[2, 6, 6, 3]], values: pooled(216, -8), f: (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'), step: 0.005 },
  'max pool, overlapping same': { shapes: [[2, 5, 7, 2]], values: pooled(140, -1), f: (x) => tf.maxPool(x as tf.Tensor4D, 3, 2, 'same'), step: 0.005 },
  'max pool, stride beyond the window': { shapes: [[2, 7, 7, 2]], values: pooled(196, -2), f: (x) => tf.maxPool(x as tf.Tensor4D, 2, 3, 'same'), step: 0.005 },
  'average pool, valid': { shapes: [[2, 6, 6, 3]], f: (x) => tf.avgPool(x as tf.Tensor4D, 2, 2, 'valid') },
  'average pool, partial windows': { shapes: [[2, 5, 7, 2]], f: (x) => tf.avgPool(x as tf.Tensor4D, 3, 2, 'same') },
  'average pool, stride beyond the window': { shapes: [[2, 7, 7, 2]], f: (x) => tf.avgPool(x as tf.Tensor4D, 2, 3, 'same') },
  'nearest neighbour, batch 3': { shapes: [[3, 2, 3, 2]], f: (x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [4, 9]) },
  'bilinear': { shapes: [[3, 2, 3, 2]], f: (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [4, 9]) },
  'matMul': { shapes: [[40, 33], [33, 21]], f: (a, b) => tf.matMul(a, b) },
  'matMul a^T b': { shapes: [[33, 40], [33, 21]], f: (a, b) => tf.matMul(a, b, true) },
  'matMul a b^T': { shapes: [[40, 33], [21, 33]], f: (a, b) => tf.matMul(a, b, false, true) },
  'matMul a^T b^T, batch 3': { shapes: [[3, 33, 20], [3, 21, 33]], f: (a, b) => tf.matMul(a, b, true, true) },
  'abs': { shapes: [[40]], f: (x) => tf.abs(x), step: 0.001 },
  'clipByValue': { shapes: [[40]], values: [distinct(40, 0.1, -2.03)], f: (x) => tf.clipByValue(x, -1, 1), step: 0.01 },
  'relu': { shapes: [[41]], values: [distinct(41, 0.3, -4.05)], f: (x) => tf.relu(x), step: 0.01 },
  'relu6': { shapes: [[40]], values: [distinct(40, 0.3, -4.05)], f: (x) => tf.relu6(x), step: 0.01 },
  'maximum and minimum': { shapes: [[4, 5], [4, 5]], f: (a, b) => tf.maximum(tf.minimum(a, b), tf.mul(a, 0.5)), step: 0.0005 },
}; // prettier-ignore

describe('kernels: gradients equal finite differences, and cpu equals wasm', () => {
  it.each(Object.entries(cases))('%s', async (_, gradientCase) => {
    const { cpu, wasm } = await onBoth(() => gradientCheck(gradientCase));
    expect(cpu.error).toBeLessThan(3e-3);
    expect(wasm.error).toBeLessThan(3e-3);
    expect(distance(wasm.value, cpu.value)).toBeLessThan(1e-5);
    wasm.gradients.forEach((gradient, i) => expect(distance(gradient, cpu.gradients[i] as number[])).toBeLessThan(1e-5));
  });

  it('gives every pixel of an average pool its share, where a spec of tfjs-core contradicts the forward pass', async () => {
    // "avgPool gradient x=[3,3,1] f=[3,3] s=1 p=explicit": a ninth for each pixel, though the windows at the border have fewer.
    const ofTheSpec = [0, 1, 1, 0, 2, 2, 0, 3, 3];
    const pixels = [0, 1, 2, 3, 4, 5, 6, 7, 8];
    const image = (values: number[]) => tf.tensor3d(values, [3, 3, 1]);
    const pool = (x: tf.Tensor): tf.Tensor => tf.avgPool(x as tf.Tensor3D, 3, 1, [[0, 0], [1, 2], [0, 1], [0, 0]]); // prettier-ignore
    const dy = () => tf.tensor3d([0, 3, 0, 6, 0, 9, 0, 12], [4, 2, 1]);
    const projected = (moved: number, by: number): number => {
      const y = pool(image(pixels.map((value, i) => (i === moved ? value + by : value))));
      return tf.sum(tf.mul(y, dy())).dataSync()[0] as number;
    };
    const { cpu, wasm } = await onBoth(() => ({
      value: Array.from(pool(image(pixels)).dataSync()),
      gradient: Array.from(tf.grad(pool)(image(pixels), dy()).dataSync()),
      numeric: pixels.map((i) => (projected(i, 1) - projected(i, -1)) / 2),
    }));
    for (const { value, gradient, numeric } of [cpu, wasm]) {
      // As the spec of the forward pass has it: the mean of the pixels inside.
      expect(distance(value, [2.5, 3, 4, 4.5, 5.5, 6, 7, 7.5])).toBeLessThan(1e-6);
      expect(distance(gradient, [0, 1.75, 1.75, 0, 4, 4, 0, 9.25, 9.25])).toBeLessThan(1e-6);
      expect(distance(gradient, numeric)).toBeLessThan(1e-5);
      expect(distance(ofTheSpec, numeric)).toBeGreaterThan(0.5);
    }
  });

  it('sums the filter gradient over blocks of images that do not fit one column matrix', async () => {
    // 40 x 40 x 9 x 64 floats a picture: five of them are more than the block of 4 Mi floats.
    const { cpu, wasm } = await onBoth(() => {
      const x = tf.tensor4d(noise(6 * 40 * 40 * 64), [6, 40, 40, 64]);
      const w = tf.tensor4d(noise(9 * 64, 2), [3, 3, 64, 1]);
      const y = tf.grad((filter) => tf.sum(tf.conv2d(x, filter as tf.Tensor4D, 1, 'same')))(w);
      return Array.from(y.dataSync());
    });
    expect(distance(wasm, cpu)).toBeLessThan(1e-4);
  });
});

describe('kernels: values at special points', () => {
  it('the gradient of |x| is 0 at 0', async () => {
    const { cpu, wasm } = await onBoth(() =>
      Array.from(
        tf
          .grad((x) => tf.sum(tf.abs(x)))(tf.tensor1d([-2, 0, 3, NaN]))
          .dataSync(),
      ),
    );
    expect(cpu).toEqual([-1, 0, 1, NaN]);
    expect(wasm).toEqual([-1, 0, 1, NaN]);
  });

  it.each([
    ['a product', (bias) => tf.fused.matMul({ a: tf.ones([2, 4]), b: tf.ones([4, 3]), bias, activation: 'relu' })],
    ['a product with a transposed factor', (bias) => tf.fused.matMul({ a: tf.ones([2, 4]), b: tf.ones([3, 4]), bias, transposeB: true })],
    ['a convolution', (bias) => tf.fused.conv2d({ x: tf.ones<tf.Rank.R4>([1, 2, 2, 4]), filter: tf.ones<tf.Rank.R4>([1, 1, 4, 3]), strides: 1, pad: 'valid', bias })],
    ['a depthwise convolution', (bias) => tf.fused.depthwiseConv2d({ x: tf.ones<tf.Rank.R4>([1, 4, 1, 3]), filter: tf.ones<tf.Rank.R4>([4, 1, 3, 2]), strides: 1, pad: 'valid', bias })],
  ] as [string, (bias: tf.Tensor) => tf.Tensor][])('%s adds a bias of a single value to every channel', async (_, fused) => {
    for (const values of Object.values(await onBoth(() => fused(tf.tensor1d([5])).dataSync())))
      expect([...values]).toEqual(Array(values.length).fill(9));
  }); // prettier-ignore

  it('leaves out segment ids outside the range', async () => {
    const sum = () => Array.from(tf.unsortedSegmentSum(tf.tensor1d([1, 2, 4, 8]), tf.tensor1d([0, -1, 5, 0], 'int32'), 2).dataSync());
    const { cpu, wasm } = await onBoth(sum);
    expect(cpu).toEqual([9, 0]);
    expect(wasm).toEqual([9, 0]);
  });

  const image = (values: number[]) => tf.tensor4d(values, [1, 2, 2, 1]);
  const w = (value: number) => tf.tensor4d([value], [1, 1, 1, 1]);
  const kept: Record<string, () => tf.Tensor> = {
    clipByValue: () => tf.clipByValue([NaN, -3, 0.5], 0, 1),
    relu6: () => tf.relu6([NaN, -1, 9]),
    'maximum(0, x)': () => tf.maximum(0, [NaN, -1, 2]),
    'minimum(x, 6)': () => tf.minimum([NaN, -1, 9], 6),
    'minimum(6, x) broadcast': () => tf.minimum([[6], [1]], [NaN, -1, 9]),
    'max pool, NaN inside': () => tf.maxPool(image([1, NaN, 2, 3]), 2, 2, 'valid'),
    'max pool, NaN first': () => tf.maxPool(image([NaN, 1, 2, 3]), 2, 2, 'valid'),
    'average pool': () => tf.avgPool(image([1, NaN, 2, 3]), 2, 2, 'valid'),
    'conv2d, NaN image': () => tf.conv2d(image([1, NaN, 2, 3]), w(1), 1, 'valid'),
    'conv2d, NaN kernel': () => tf.conv2d(image([1, 0, 2, 3]), w(NaN), 1, 'valid'),
    'depthwise, NaN kernel': () => tf.depthwiseConv2d(image([1, 0, 2, 3]), w(NaN), 1, 'valid'),
    'fused conv2d + relu': () => tf.fused.conv2d({ x: image([1, NaN, -2, 3]), filter: w(1), strides: 1, pad: 'valid', activation: 'relu' }),
    'fused conv2d + elu': () => tf.fused.conv2d({ x: image([1, NaN, -2, 3]), filter: w(1), strides: 1, pad: 'valid', activation: 'elu' }),
    'fused depthwise + relu6': () =>
      tf.fused.depthwiseConv2d({ x: image([1, NaN, -2, 9]), filter: w(1), strides: 1, pad: 'valid', activation: 'relu6' }),
    'fused matMul + relu': () => tf.fused.matMul({ a: tf.tensor2d([[NaN], [-1], [2]]), b: tf.tensor2d([[1]]), activation: 'relu' }),
  };
  it.each(Object.entries(kept))('%s keeps NaN', async (_, f) => {
    const { cpu, wasm } = await onBoth(() => Array.from(f().dataSync()));
    expect(wasm.some(Number.isNaN)).toBe(true);
    expect(distance(wasm, cpu)).toBeLessThan(1e-6);
  });

  it('kernels leave no tensors behind', async () => {
    const before = tf.memory().numTensors;
    await onBoth(() => Object.values(cases).forEach((c) => gradientCheck(c)));
    expect(tf.memory().numTensors).toBe(before);
  });
});
