import { beforeAll, describe, expect, it } from 'vitest';
import { selectEngine } from '../../../../../src/training/engine/select-engine.js';
import { convInfo } from '../../../../../src/training/engine/simd/convolution-geometry.js';
import { convolution, depthwiseConvolution, transposedConvolution } from '../../../../../src/training/engine/simd/convolution-layers.js';
import { tf } from '../../../../../src/training/tf.js';
import { gradientCheck, type GradientResult } from '../gradient-check.js';
import { gap } from './arena.js';

beforeAll(() => selectEngine('wasm'));

/** A layer three ways: as one operation, as operations of tfjs, and its shapes x, w, b. */
interface LayerCase {
  name: string;
  shapes: number[][];
  own: (relu: boolean) => (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) => tf.Tensor;
  stock: (x: tf.Tensor, w: tf.Tensor) => tf.Tensor;
}

/** Strides, padding, dilations; the same along both axes. */
interface Spacing {
  strides: number;
  pad: 'same' | 'valid';
  dilations: number;
}

const conv = (name: string, x: number[], w: number[], attrs: Spacing): LayerCase => ({
  name,
  shapes: [x, w, [w.at(-1) as number]],
  own: (relu) => (a, b, c) => convolution(a, b, c, { info: convInfo(x, w, attrs), relu }),
  stock: (a, b) =>
    x.length === 3
      ? tf.conv1d(a as tf.Tensor3D, b as tf.Tensor3D, attrs.strides, attrs.pad, 'NWC', attrs.dilations)
      : tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, attrs.strides, attrs.pad, 'NHWC', attrs.dilations),
});

/** `image`: what the convolution it transposes is of. */
const transposed = (x: number[], w: number[], image: [number, number, number, number], strides: number, pad: 'same' | 'valid'): LayerCase => ({
  name: `transposed convolution, stride ${strides}, ${pad}`,
  shapes: [x, w, [w[2] as number]],
  own: (relu) => (a, b, c) => transposedConvolution(a, b, c, { info: convInfo(image, w, { strides, pad }), relu }),
  stock: (a, b) => tf.conv2dTranspose(a as tf.Tensor4D, b as tf.Tensor4D, image, strides, pad),
}); // prettier-ignore

const depthwise = (multiplier: number, attrs: Spacing): LayerCase => ({
  name: `depthwise convolution, ${multiplier} filters, stride ${attrs.strides}`,
  shapes: [[2, 5, 6, 5], [3, 2, 5, multiplier], [5 * multiplier]], // prettier-ignore
  own: (relu) => (a, b, c) => depthwiseConvolution(a, b, c, { info: convInfo(a.shape, b.shape, attrs, true), relu }),
  stock: (a, b) => tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, attrs.strides, attrs.pad, 'NHWC', attrs.dilations),
});

const CASES: LayerCase[] = [
  conv('one channel in, 8 out', [3, 7, 6, 1], [3, 3, 1, 8], { strides: 1, pad: 'valid', dilations: 1 }),
  conv('8 channels in, 16 out, padded', [2, 5, 7, 8], [3, 3, 8, 16], { strides: 1, pad: 'same', dilations: 1 }),
  conv('stride 2, 3 channels in, 10 out', [2, 7, 8, 3], [3, 2, 3, 10], { strides: 2, pad: 'same', dilations: 1 }),
  conv('dilation 2', [2, 8, 7, 2], [3, 3, 2, 5], { strides: 1, pad: 'same', dilations: 2 }),
  conv('a sequence, stride 2', [2, 9, 3], [4, 3, 6], { strides: 2, pad: 'valid', dilations: 1 }),
  conv('a sequence, dilation 2', [2, 9, 3], [3, 3, 6], { strides: 1, pad: 'same', dilations: 2 }),
  transposed([2, 4, 3, 3], [3, 3, 5, 3], [2, 8, 6, 5], 2, 'same'),
  transposed([2, 3, 4, 2], [3, 2, 9, 2], [2, 9, 12, 9], 3, 'valid'),
  transposed([2, 3, 4, 2], [1, 2, 3, 2], [2, 5, 8, 3], 2, 'valid'),
  depthwise(1, { strides: 2, pad: 'same', dilations: 1 }),
  depthwise(3, { strides: 1, pad: 'same', dilations: 2 }),
];

describe.each(CASES)('$name as one operation', ({ shapes, own, stock }) => {
  it.each([false, true])('has the values and gradients of its parts (relu: %s)', (relu) => {
    const of = (f: (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) => tf.Tensor): GradientResult => {
      tf.engine().startScope();
      const result = gradientCheck({ shapes, f });
      tf.engine().endScope();
      return result;
    };
    const before = tf.memory().numTensors;
    const whole = of(own(relu));
    const parts = of((x, w, b) => {
      const z = tf.add(stock(x, w), b);
      return relu ? tf.relu(z) : z;
    });
    expect(tf.memory().numTensors).toBe(before);
    const distances = [[whole.value, parts.value], ...whole.gradients.map((values, i) => [values, parts.gradients[i] ?? []])].map(([a, b]) => gap(a as number[], b as number[])); // prettier-ignore
    expect(Math.max(...distances)).toBeLessThan(1e-5);
    // Without relu the operation is linear in each input: differences are exact but for rounding.
    expect(relu ? 0 : whole.error).toBeLessThan(3e-3);
  });
});

describe('NaN in a convolution as one operation', () => {
  it('stays NaN through the relu, which lets no gradient through there', () => {
    const [x, w] = [tf.tensor4d([NaN, -1, 2, 3], [1, 2, 2, 1]), tf.tensor4d([2], [1, 1, 1, 1])];
    const b = tf.variable(tf.tensor1d([0.5]));
    const info = convInfo(x.shape, w.shape, { strides: 1, pad: 'valid' });
    const layer = (): tf.Tensor => convolution(x, w, b, { info, relu: true });
    const { value, grads } = tf.variableGrads(() => tf.sum(layer()).asScalar());
    const y = layer();
    expect([...y.dataSync()]).toEqual([NaN, 0, 4.5, 6.5]);
    expect([...(grads[b.name] as tf.Tensor).dataSync()]).toEqual([2]);
    tf.dispose([x, w, b, y, value, grads]);
  });
});

describe('a pool after a convolution with relu', () => {
  it('takes the gradient of the relu too, also where the output is used twice', () => {
    const [x, w] = [[2, 6, 7, 3], [3, 3, 3, 9]]; // prettier-ignore
    const info = convInfo(x, w, { strides: 1, pad: 'same' });
    const pools = (y: tf.Tensor, more: boolean): tf.Tensor => {
      const pooled = tf.maxPool(y as tf.Tensor4D, 2, 2, 'valid');
      return more ? tf.add(tf.mean(y), pooled) : pooled;
    };
    for (const more of [false, true]) {
      const [own, parts] = [
        (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor) => pools(convolution(a, b, c, { info, relu: true }), more),
        (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor) =>
          pools(tf.relu(tf.add(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'same'), c)), more),
      ].map((f) => gradientCheck({ shapes: [x, w, [9]], f }).gradients) as [number[][], number[][]];
      expect(Math.max(...own.map((values, i) => gap(values, parts[i] ?? [])))).toBeLessThan(1e-5);
    }
  });
});
