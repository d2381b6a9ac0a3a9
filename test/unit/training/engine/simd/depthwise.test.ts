import { beforeAll, describe, expect, it } from 'vitest';
import { selectEngine } from '../../../../../src/training/engine/select-engine.js';
import type { KernelModule } from '../../../../../src/training/engine/simd/kernel-module.js';
import { kernelModule } from '../../../../../src/training/engine/simd/register-simd.js';
import { tf } from '../../../../../src/training/tf.js';
import { gradientCheck } from '../gradient-check.js';
import { Arena, Dice, gap } from './arena.js';

let module: KernelModule;
beforeAll(async () => {
  await selectEngine('wasm');
  module = kernelModule() as KernelModule;
});

interface Shape {
  image: [B: number, H: number, W: number, C: number];
  out: [OH: number, OW: number];
  window: [FH: number, FW: number, SH: number, SW: number, DH: number, DW: number, top: number, left: number];
}

function anyShape(dice: Dice): Shape | null {
  const image: Shape['image'] = [dice.whole(1, 3), dice.whole(1, 9), dice.whole(1, 12), dice.whole(1, 13)];
  const [FH, FW, SH, SW, DH, DW] = [dice.whole(1, 4), dice.whole(1, 4), dice.whole(1, 3), dice.whole(1, 3), dice.whole(1, 3), dice.whole(1, 3)]; // prettier-ignore
  const pad = dice.pick('same' as const, 'valid' as const);
  const info = tf.backend_util.computeConv2DInfo(image, [FH, FW, image[3], 1], [SH, SW], [DH, DW], pad, 'floor', true);
  if (info.outHeight < 1 || info.outWidth < 1) return null;
  return { image, out: [info.outHeight, info.outWidth], window: [FH, FW, SH, SW, DH, DW, info.padInfo.top, info.padInfo.left] };
}

/** Every pair of an output value, an input value and a weight that meet, by plain loops. */
function taps({ image, out, window }: Shape, visit: (output: number, input: number, weight: number) => void): void {
  const [B, H, W, C] = image;
  const [OH, OW] = out;
  const [FH, FW, SH, SW, DH, DW, top, left] = window;
  for (let b = 0; b < B; b++)
    for (let oy = 0; oy < OH; oy++)
      for (let ox = 0; ox < OW; ox++)
        for (let fy = 0; fy < FH; fy++)
          for (let fx = 0; fx < FW; fx++) {
            const [y, x] = [oy * SH + fy * DH - top, ox * SW + fx * DW - left];
            if (y < 0 || y >= H || x < 0 || x >= W) continue;
            for (let c = 0; c < C; c++) visit(((b * OH + oy) * OW + ox) * C + c, ((b * H + y) * W + x) * C + c, (fy * FW + fx) * C + c);
          }
}

const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

describe('depthwise convolution', () => {
  it('and its gradients equal plain float64 loops and write nothing else', () => {
    const dice = new Dice(31);
    const { kernels } = module;
    let checked = 0;
    for (let round = 0; round < 300; round++) {
      const shape = anyShape(dice);
      if (shape === null) continue;
      checked += 1;
      const { image, out, window } = shape;
      const C = image[3];
      const [x, w, bias] = [dice.floats(size(image)), dice.floats(window[0] * window[1] * C), dice.floats(C)];
      const dy = dice.floats(image[0] * out[0] * out[1] * C);
      const relu = dice.whole(0, 1);
      const arena = new Arena(module);
      const [atX, atW, atBias, atDy] = [arena.put(x), arena.put(w), arena.put(bias), arena.put(dy)];
      const [y, dx, dw] = [arena.put(dy.length), arena.put(x.length), arena.put(w.length)];
      kernels.depthwise(atX, ...image, atW, ...window, y, ...out, atBias, relu);
      kernels.depthwiseInputGradient(atDy, atW, dx, ...image, ...window, ...out);
      kernels.depthwiseFilterGradient(atX, atDy, dw, ...image, ...window, ...out);
      const expected = { y: new Float64Array(dy.length), dx: new Float64Array(x.length), dw: new Float64Array(w.length) };
      const add = (to: Float64Array, at: number, value: number) => (to[at] = (to[at] ?? 0) + value);
      expected.y.forEach((_, i) => (expected.y[i] = bias[i % C] as number));
      taps(shape, (output, input, weight) => {
        add(expected.y, output, (x[input] as number) * (w[weight] as number));
        add(expected.dx, input, (dy[output] as number) * (w[weight] as number));
        add(expected.dw, weight, (dy[output] as number) * (x[input] as number));
      });
      if (relu === 1) expected.y.forEach((value, i) => (expected.y[i] = Math.max(value, 0)));
      const gaps = [gap(arena.read(y, dy.length), expected.y), gap(arena.read(dx, x.length), expected.dx), gap(arena.read(dw, w.length), expected.dw)]; // prettier-ignore
      arena.close();
      expect({ shape, fits: gaps.every((distance) => distance < 1e-5) }).toEqual({ shape, fits: true });
    }
    expect(checked).toBeGreaterThan(150);
  });

  it.each([1, 2, 3])('has the gradient of finite differences with %s filters per channel', (multiplier) => {
    const { error } = gradientCheck({
      shapes: [[2, 6, 7, 5], [3, 2, 5, multiplier]],
      f: (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 'same'),
    }); // prettier-ignore
    expect(error).toBeLessThan(3e-3);
  });

  it('keeps NaN, and meets no padding: an infinite weight makes no NaN at the border', () => {
    const [kept, border] = tf.tidy(() => {
      const x = tf.tensor4d([1, NaN, 3, -4], [1, 1, 4, 1]);
      const one = tf.fused.depthwiseConv2d({ x, filter: tf.tensor4d([1], [1, 1, 1, 1]), strides: 1, pad: 'same', activation: 'relu' });
      const wide = tf.depthwiseConv2d(tf.tensor4d([1, 1, 1], [1, 1, 3, 1]), tf.tensor4d([1, 1, Infinity], [1, 3, 1, 1]), 1, 'same');
      return [[...one.dataSync()], [...wide.dataSync()]] as unknown as tf.Tensor[];
    }) as unknown as number[][];
    expect(kept).toEqual([1, NaN, 3, 0]);
    expect(border).toEqual([Infinity, Infinity, 2]);
  });
});

describe('gather and scatter-add', () => {
  it('equal plain loops and write nothing else', () => {
    const dice = new Dice(32);
    for (let round = 0; round < 100; round++) {
      const [n, rows, inner] = [dice.whole(1, 20), dice.whole(1, 9), dice.whole(1, 11)];
      const ids = Int32Array.from({ length: n }, () => dice.whole(0, rows - 1));
      const [x, dy] = [dice.floats(rows * inner), dice.floats(n * inner)];
      const arena = new Arena(module);
      const [atX, atDy, atIds] = [arena.put(x), arena.put(dy), arena.put(new Float32Array(ids.buffer))];
      const [y, dx] = [arena.put(n * inner), arena.put(rows * inner)];
      expect(module.kernels.gatherRows(y, atX, atIds, n, rows, inner)).toBe(0);
      module.kernels.scatterAdd(dx, atDy, atIds, n, rows, inner);
      const sums = new Float64Array(rows * inner);
      dy.forEach((value, i) => {
        const at = (ids[Math.floor(i / inner)] as number) * inner + (i % inner);
        sums[at] = (sums[at] ?? 0) + value;
      });
      expect([...arena.read(y, n * inner)]).toEqual([...ids].flatMap((id) => [...x.subarray(id * inner, (id + 1) * inner)]));
      expect(gap(arena.read(dx, rows * inner), sums)).toBeLessThan(1e-6);
      arena.close();
    }
  });

  it('name an index outside the rows, and leave out such a segment', () => {
    const lost = () => tf.tidy(() => tf.gather(tf.ones([3, 2]), tf.tensor1d([0, 5], 'int32')));
    expect(lost).toThrow('index value 5');
    const sums = tf.tidy(() => tf.unsortedSegmentSum(tf.tensor2d([[1, 2], [3, 4]]), tf.tensor1d([-1, 1], 'int32'), 2).dataSync()); // prettier-ignore
    expect([...sums]).toEqual([0, 0, 3, 4]);
  });
});
