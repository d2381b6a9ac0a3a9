import { beforeAll, describe, expect, it } from 'vitest';
import { selectEngine } from '../../../../../src/training/engine/select-engine.js';
import type { KernelModule } from '../../../../../src/training/engine/simd/kernel-module.js';
import { kernelModule } from '../../../../../src/training/engine/simd/register-simd.js';
import { tf } from '../../../../../src/training/tf.js';
import { Arena, Dice, gap } from './arena.js';

let module: KernelModule;
beforeAll(async () => {
  await selectEngine('wasm');
  module = kernelModule() as KernelModule;
});

/** Calls `visit` with the pixels inside each window of one channel. */
function windows(
  x: number[],
  [OH, OW]: number[],
  [FH, FW, SH, SW, top, left]: number[],
  visit: (output: number, pixels: number[]) => void,
) {
  const [B = 0, H = 0, W = 0, C = 0] = x;
  let output = 0;
  for (let b = 0; b < B; b++)
    for (let oy = 0; oy < (OH ?? 0); oy++)
      for (let ox = 0; ox < (OW ?? 0); ox++)
        for (let c = 0; c < C; c++) {
          const pixels: number[] = [];
          for (let fy = 0; fy < (FH ?? 0); fy++)
            for (let fx = 0; fx < (FW ?? 0); fx++) {
              const [y, column] = [oy * (SH ?? 1) - (top ?? 0) + fy, ox * (SW ?? 1) - (left ?? 0) + fx];
              if (y >= 0 && y < H && column >= 0 && column < W) pixels.push(((b * H + y) * W + column) * C + c);
            }
          visit(output++, pixels);
        }
}

describe('pooling', () => {
  it('equals plain loops, with NaN, at borders, with strides beyond the window; writes nothing else', () => {
    const dice = new Dice(21);
    const { kernels } = module;
    for (let round = 0; round < 150; round++) {
      const pad = dice.pick('same' as const, 'valid' as const);
      const [FH, FW, SH, SW] = [dice.whole(1, 3), dice.whole(1, 3), dice.whole(1, 5), dice.whole(1, 5)];
      const shape = [dice.whole(1, 2), dice.whole(3, 9), dice.whole(3, 9), dice.whole(1, 13)] as [number, number, number, number];
      const info = tf.backend_util.computePool2DInfo(shape, [FH, FW], [SH, SW], 1, pad);
      const [out, window] = [[info.outHeight, info.outWidth], [FH, FW, SH, SW, info.padInfo.top, info.padInfo.left]]; // prettier-ignore
      const size = info.outShape.reduce((a, b) => a * b, 1);
      const x = dice.floats(shape.reduce((a, b) => a * b, 1));
      if (round % 3 === 0) x[dice.whole(0, x.length - 1)] = dice.pick(NaN, Infinity, -Infinity);
      const dy = dice.floats(size);
      const arena = new Arena(module);
      const [atX, atDy, most, mean, dMost, dMean] = [arena.put(x), arena.put(dy), arena.put(size), arena.put(size), arena.put(x.length), arena.put(x.length)]; // prettier-ignore
      kernels.maxPool(atX, ...shape, most, ...out, ...window);
      kernels.averagePool(atX, ...shape, mean, ...out, ...window);
      const rectified = dice.whole(0, 1);
      kernels.maxPoolGradient(atX, most, atDy, dMost, ...shape, ...out, ...window, rectified);
      kernels.averagePoolGradient(atDy, dMean, ...shape, ...out, ...window);
      const expected = { most: new Float64Array(size), mean: new Float64Array(size), dMost: new Float64Array(x.length), dMean: new Float64Array(x.length) }; // prettier-ignore
      const add = (to: Float64Array, at: number, value: number) => (to[at] = (to[at] ?? 0) + value);
      windows(shape, out, window, (output, pixels) => {
        const values = pixels.map((at) => x[at] as number);
        expected.most[output] = Math.max(...values);
        expected.mean[output] = values.reduce((a, b) => a + b, 0) / values.length;
        const best = values.findIndex((value) => Object.is(value, expected.most[output]));
        const through = rectified === 0 || expected.most[output] > 0;
        if (through) add(expected.dMost, pixels[best] as number, dy[output] as number);
        for (const at of pixels) add(expected.dMean, at, (dy[output] as number) / pixels.length);
      });
      const gaps = [
        gap(arena.read(most, size), expected.most),
        gap(arena.read(mean, size), expected.mean),
        gap(arena.read(dMost, x.length), expected.dMost),
        gap(arena.read(dMean, x.length), expected.dMean),
      ];
      arena.close();
      expect({ shape, window, fits: gaps.every((distance) => distance < 1e-5) }).toEqual({ shape, window, fits: true });
    }
  });

  it('as operations of tfjs gives the same', () => {
    const y = tf.tidy(() => {
      const x = tf.tensor4d([NaN, 1, 2, 3, -5, -6, -7, -8], [1, 2, 4, 1]);
      return [tf.maxPool(x, 2, 2, 'valid').dataSync(), tf.maxPool(tf.slice(x, [0, 1, 0, 0], [1, 1, 4, 1]), 1, 3, 'same').dataSync()];
    }) as unknown as Float32Array[];
    expect(y.map((values) => [...values])).toEqual([[NaN, 3], [-5, -8]]); // prettier-ignore
  });
});
