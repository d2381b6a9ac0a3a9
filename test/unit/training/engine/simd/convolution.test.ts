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

type Shape4 = [number, number, number, number];
interface Case {
  x: Shape4;
  filter: Shape4;
  strides: [number, number];
  dilations: [number, number];
  pad: 'same' | 'valid';
}

function randomCase(dice: Dice): Case {
  const [height, width] = [dice.whole(1, 4), dice.whole(1, 4)];
  const strided = dice.chance();
  const dilations: [number, number] = strided ? [1, 1] : [dice.whole(1, 3), dice.whole(1, 3)];
  const strides: [number, number] = strided ? [dice.whole(1, 3), dice.whole(1, 3)] : [1, 1];
  const channels = dice.pick(1, dice.whole(1, 9));
  const smallest = [(height - 1) * dilations[0] + 1, (width - 1) * dilations[1] + 1] as const;
  const x: Shape4 = [dice.whole(1, 3), smallest[0] + dice.whole(0, 7), smallest[1] + dice.whole(0, 7), channels];
  return { x, filter: [height, width, channels, dice.pick(8, dice.whole(1, 19))], strides, dilations, pad: dice.pick('same', 'valid') };
}

/** Forward, input gradient and filter gradient as plain loops in float64. */
function plain(c: Case, x: Float32Array, w: Float32Array, dyOf: (size: number) => Float32Array) {
  const info = tf.backend_util.computeConv2DInfo(c.x, c.filter, c.strides, c.dilations, c.pad);
  const { outHeight, outWidth, outChannels, inHeight, inWidth, inChannels, filterHeight, filterWidth, padInfo, batchSize } = info;
  const y = new Float64Array(batchSize * outHeight * outWidth * outChannels);
  const dy = dyOf(y.length);
  const [dx, dw] = [new Float64Array(x.length), new Float64Array(w.length)];
  for (let b = 0; b < batchSize; b++)
    for (let oy = 0; oy < outHeight; oy++)
      for (let ox = 0; ox < outWidth; ox++)
        for (let fy = 0; fy < filterHeight; fy++)
          for (let fx = 0; fx < filterWidth; fx++) {
            const iy = oy * c.strides[0] + fy * c.dilations[0] - padInfo.top;
            const ix = ox * c.strides[1] + fx * c.dilations[1] - padInfo.left;
            if (iy < 0 || iy >= inHeight || ix < 0 || ix >= inWidth) continue;
            for (let i = 0; i < inChannels; i++)
              for (let o = 0; o < outChannels; o++) {
                const from = ((b * inHeight + iy) * inWidth + ix) * inChannels + i;
                const to = ((b * outHeight + oy) * outWidth + ox) * outChannels + o;
                const tap = ((fy * filterWidth + fx) * inChannels + i) * outChannels + o;
                const [value, weight, gradient] = [x[from] as number, w[tap] as number, dy[to] as number];
                y[to] = (y[to] as number) + value * weight;
                dx[from] = (dx[from] as number) + gradient * weight;
                dw[tap] = (dw[tap] as number) + gradient * value;
              }
          }
  return { y, dy, dx, dw, outShape: info.outShape };
}

describe('convolution', () => {
  it('equals plain loops forward and in both gradients: random strides, padding, dilation, channels', () => {
    const dice = new Dice(3);
    for (let round = 0; round < 120; round++) {
      const c = randomCase(dice);
      const size = (shape: number[]) => shape.reduce((a, b) => a * b, 1);
      const [x, w] = [dice.floats(size(c.x)), dice.floats(size(c.filter))];
      const expected = plain(c, x, w, (length) => dice.floats(length));
      const got = tf.tidy(() => {
        const conv = (a: tf.Tensor, b: tf.Tensor) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, c.strides, c.pad, 'NHWC', c.dilations);
        const [input, filter] = [tf.tensor4d(x, c.x), tf.tensor4d(w, c.filter)];
        const [dx, dw] = tf.grads(conv)([input, filter], tf.tensor4d(expected.dy, expected.outShape)) as [tf.Tensor, tf.Tensor];
        return [conv(input, filter).dataSync(), dx.dataSync(), dw.dataSync()];
      }) as unknown as Float32Array[];
      const gaps = [expected.y, expected.dx, expected.dw].map((values, i) => gap(got[i] as Float32Array, values) < 2e-5);
      expect({ c, gaps }).toEqual({ c, gaps: [true, true, true] });
    }
  });

  it('writes nothing outside its buffers', () => {
    const dice = new Dice(8);
    const { kernels } = module;
    let rows = 0;
    for (let round = 0; round < 120; round++) {
      const [B, C, OC, FH, FW, SH, SW] = [dice.whole(1, 2), dice.pick(1, dice.whole(1, 11)), dice.pick(8, dice.whole(1, 18)), dice.whole(1, 3), dice.whole(1, 3), dice.whole(1, 2), dice.whole(1, 2)]; // prettier-ignore
      const [DH, DW, OH, OW] = [dice.whole(1, 2), dice.whole(1, 2), dice.whole(1, 6), dice.whole(1, 9)];
      const [H, W] = [(OH - 1) * SH + (FH - 1) * DH + 1, (OW - 1) * SW + (FW - 1) * DW + 1];
      const arena = new Arena(module);
      const taps = FH * FW * C;
      const [x, w, dy, y, dw] = [arena.put(dice.floats(B * H * W * C)), arena.put(dice.floats(taps * OC)), arena.put(dice.floats(B * OH * OW * OC)), arena.put(B * OH * OW * OC), arena.put(taps * OC)]; // prettier-ignore
      const [packed, flipped] = [arena.put(taps * ((OC + 7) & ~7)), arena.put(FH * FW * OC * ((C + 7) & ~7))];
      const [table, bias] = [arena.bytes(kernels.convolveScratch(OC)), arena.put(dice.floats(OC))];
      const spread = arena.put(B * (H + 2) * (W + 3) * C);
      const work = arena.bytes(kernels.filterGradientScratch(FH, FW, C, OC, DW));
      kernels.packColumns(packed, w, OC * 4, 4, taps, OC);
      const [pixel, row] = [C * 4, W * C * 4];
      kernels.convolve(
        x, H * row, SH * row, SW * pixel, DH * row, DW * pixel, C, packed, FH, FW,
        y, OH * OW * OC * 4, OW * OC * 4, OC * 4, B, OH, OW, OC, bias, 1, table,
      ); // prettier-ignore
      if (C === 1 && DW === 1 && SW === 1 && OC % 8 === 0 && OW >= 4) {
        rows += 1;
        kernels.convolveRows(x, H * row, SH * row, DH * row, packed, FH, FW, y, B, OH, OW, OC, bias, 1);
      }
      kernels.packFlipped(flipped, w, FH, FW, C, OC, dice.whole(0, FH), dice.whole(0, FW), SH, SW);
      kernels.pad(spread, x, B, H, W, C, dice.whole(0, 2), dice.whole(0, 3), H + 2, W + 3);
      kernels.filterGradient(x, B, H, W, C, dy, OH, OW, OC, FH, FW, SH, SW, DH, DW, dw, work);
      arena.close();
    }
    expect(rows).toBeGreaterThan(5);
  });

  it('keeps NaN and Infinity through the fused relu', () => {
    const y = tf.tidy(() => {
      const x = tf.tensor4d([NaN, Infinity, -Infinity, -1, 2], [1, 1, 5, 1]);
      return tf.fused.conv2d({ x, filter: tf.ones([1, 1, 1, 1]), strides: 1, pad: 'valid', activation: 'relu' }).dataSync();
    });
    expect([...y]).toEqual([NaN, Infinity, 0, 0, 2]);
  });

  it('has the gradient of explicit padding wider than the filter', () => {
    const ok = tf.tidy(() => {
      const [x, w] = [tf.randomUniform([2, 4, 5, 3], -1, 1, 'float32', 1), tf.randomUniform([2, 2, 3, 4], -1, 1, 'float32', 2)];
      const padding: [[number, number], [number, number], [number, number], [number, number]] = [[0, 0], [1, 3], [0, 4], [0, 0]]; // prettier-ignore
      const direct = tf.grads((a, b) => tf.sum(tf.square(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, padding))))([x, w]);
      const padded = tf.grads((a, b) => tf.sum(tf.square(tf.conv2d(tf.pad(a, padding) as tf.Tensor4D, b as tf.Tensor4D, 1, 'valid'))))([x, w]); // prettier-ignore
      return direct.map((gradient, i) => gap(gradient.dataSync(), (padded[i] as tf.Tensor).dataSync()));
    });
    for (const distance of ok) expect(distance).toBeLessThan(1e-5);
  });
});
