import { beforeAll, describe, expect, it } from 'vitest';
import { selectEngine } from '../../../../../src/training/engine/select-engine.js';
import { softmaxCrossEntropy } from '../../../../../src/training/engine/simd/cross-entropy.js';
import type { KernelModule } from '../../../../../src/training/engine/simd/kernel-module.js';
import { kernelModule } from '../../../../../src/training/engine/simd/register-simd.js';
import { createLoss } from '../../../../../src/training/model/losses.js';
import { tf } from '../../../../../src/training/tf.js';
import { gradientCheck } from '../gradient-check.js';
import { Arena, Dice, gap } from './arena.js';

let module: KernelModule;
beforeAll(async () => {
  await selectEngine('cpu');
  await selectEngine('wasm');
  module = kernelModule() as KernelModule;
});

describe('softmax with cross-entropy', () => {
  it('equals plain float64 loops, with class indices out of range too, and writes nothing else', () => {
    const dice = new Dice(51);
    const { kernels } = module;
    for (let round = 0; round < 200; round++) {
      const [N, C] = [dice.whole(1, 9), dice.whole(1, 19)];
      const sparse = dice.chance();
      const scale = dice.pick(1, 10, 100);
      const x = dice.floats(N * C).map((value) => value * scale);
      const y = sparse ? Float32Array.from({ length: N }, () => dice.whole(-1, C)) : dice.floats(N * C);
      const arena = new Arena(module);
      const [atX, atY, p, figures, dx] = [arena.put(x), arena.put(y), arena.put(N * C), arena.put(N * 4), arena.put(N * C)];
      kernels.softmaxRows(atX, atY, sparse ? 1 : 0, N, C, p, figures);
      kernels.softmaxGradient(p, atY, sparse ? 1 : 0, N, C, figures, 0.25, dx);
      const expected = { p: [] as number[], dx: [] as number[], dot: [] as number[] };
      for (let i = 0; i < N; i++) {
        const row = [...x.subarray(i * C, (i + 1) * C)];
        const target = row.map((_, c) => (sparse ? Number(y[i] === c) : (y[i * C + c] as number)));
        const e = row.map((value) => Math.exp(value - Math.max(...row)));
        const s = e.reduce((a, b) => a + b, 0);
        const weight = target.reduce((a, b) => a + b, 0);
        expected.p.push(...e.map((value) => value / s));
        expected.dx.push(...e.map((value, c) => ((value / s) * weight - (target[c] as number)) * 0.25));
        expected.dot.push(target.reduce((sum, value, c) => sum + value * (row[c] as number), 0));
      }
      const dots = arena.read(figures, N * 4).filter((_, i) => i % 4 === 3);
      const gaps = [gap(arena.read(p, N * C), expected.p), gap(arena.read(dx, N * C), expected.dx), gap(dots, expected.dot)];
      arena.close();
      expect({ N, C, sparse, fits: gaps.every((distance) => distance < 1e-5) }).toEqual({ N, C, sparse, fits: true });
    }
  });

  it.each([true, false])('has the gradient of finite differences (sparse %s)', (sparse) => {
    const target = sparse ? tf.tensor2d([1, 0, 4, 2], [4, 1]) : tf.softmax(tf.tensor2d(new Dice(3).floats(20), [4, 5]));
    const { error } = gradientCheck({ shapes: [[4, 5]], f: (x) => softmaxCrossEntropy(module, target, x, sparse), step: 0.02 }); // prettier-ignore
    expect(error).toBeLessThan(3e-3);
    target.dispose();
  });

  it.each(['categoricalCrossentropy', 'sparseCategoricalCrossentropy'] as const)('is that of the cpu engine: %s', async (type) => {
    const loss = createLoss({ type, fromLogits: true });
    const dice = new Dice(8);
    const logits = dice.floats(3 * 4 * 6).map((value) => 8 * value);
    const target = type === 'categoricalCrossentropy' ? dice.floats(72) : Float32Array.from({ length: 12 }, () => dice.whole(0, 6));
    const outcome = (): Float32Array => {
      const before = tf.memory().numTensors;
      const [x, y] = [tf.tensor(logits, [3, 4, 6]), tf.tensor(target, target.length === 72 ? [3, 4, 6] : [3, 4, 1])];
      const { value, grad } = tf.valueAndGrad((input) => loss(y, input))(x);
      const values = Float32Array.from([...value.dataSync(), ...grad.dataSync()]);
      tf.dispose([x, y, value, grad]);
      expect(tf.memory().numTensors).toBe(before);
      return values;
    };
    await selectEngine('cpu');
    const cpu = outcome();
    await selectEngine('wasm');
    expect(gap(outcome(), cpu)).toBeLessThan(1e-6);
  });

  it('keeps NaN in the loss, and in the gradient of its row only', () => {
    const [value, gradient] = tf.tidy(() => {
      const y = tf.tensor2d([0, 1], [2, 1]);
      const result = tf.valueAndGrad((x) => softmaxCrossEntropy(module, y, x, true))(tf.tensor2d([NaN, 1, 2, 3], [2, 2]));
      return [[...result.value.dataSync()], [...result.grad.dataSync()]] as unknown as tf.Tensor[];
    }) as unknown as number[][];
    expect(value).toEqual([NaN]);
    expect(gradient?.map(Number.isNaN)).toEqual([true, true, false, false]);
  });
});
