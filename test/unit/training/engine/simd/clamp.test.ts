import { beforeAll, expect, it } from 'vitest';
import { selectEngine } from '../../../../../src/training/engine/select-engine.js';
import type { KernelModule } from '../../../../../src/training/engine/simd/kernel-module.js';
import { kernelModule } from '../../../../../src/training/engine/simd/register-simd.js';
import { tf } from '../../../../../src/training/tf.js';
import { Arena, Dice } from './arena.js';

let module: KernelModule;
beforeAll(async () => {
  await selectEngine('wasm');
  module = kernelModule() as KernelModule;
});

it('clamps, keeps NaN and infinities apart, and writes nothing else', () => {
  const dice = new Dice(61);
  for (let n = 1; n < 40; n++) {
    const x = dice.floats(n);
    x[dice.whole(0, n - 1)] = dice.pick(NaN, Infinity, -Infinity);
    const arena = new Arena(module);
    const [from, to] = [arena.put(x), arena.put(n)];
    module.kernels.clamp(to, from, -0.5, 0.25, n);
    expect([...arena.read(to, n)]).toEqual([...x].map((value) => Math.min(Math.max(value, -0.5), 0.25)));
    arena.close();
  }
});

it('serves relu6 and clipByValue, of integers too', () => {
  const values = tf.tidy(() => {
    const results = [tf.relu6(tf.tensor1d([NaN, -1, 3, 9, 6])), tf.clipByValue(tf.tensor1d([-5, 2, 9], 'int32'), 0, 4)];
    return results.map((tensor) => [...tensor.dataSync()]) as unknown as tf.Tensor[];
  }) as unknown as number[][];
  expect(values).toEqual([[NaN, 0, 3, 6, 6], [0, 2, 4]]); // prettier-ignore
});
