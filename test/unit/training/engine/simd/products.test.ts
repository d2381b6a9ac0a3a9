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

type Start = 'zero' | 'accumulate' | 'bias';

/** One product on guarded buffers beside the sequential float32 loop: number of entries whose bits differ. */
function differingBits(dice: Dice, m: number, n: number, k: number, start: Start, relu: boolean, tA: boolean, tB: boolean): number {
  const arena = new Arena(module);
  const [a, b, bias, before] = [dice.floats(m * k), dice.floats(k * n), dice.floats(n), dice.floats(m * n)];
  const [atA, atB, atBias, atC] = [arena.put(a), arena.put(b), arena.put(bias), arena.put(before)];
  const scratch = arena.bytes(module.kernels.productScratch(m, n, k));
  const [rowA, columnA] = tA ? [4, m * 4] : [k * 4, 4];
  const [rowB, columnB] = tB ? [4, k * 4] : [n * 4, 4];
  const code = { zero: 0, accumulate: 1, bias: 2 }[start];
  module.kernels.product(
    m,
    n,
    k,
    atA,
    rowA,
    columnA,
    atB,
    rowB,
    columnB,
    atC,
    n * 4,
    code,
    start === 'bias' ? atBias : 0,
    relu ? 1 : 0,
    scratch,
  );
  const c = arena.read(atC, m * n);
  arena.close();
  let different = 0;
  const { fround } = Math;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = start === 'zero' ? 0 : ((start === 'bias' ? bias[j] : before[i * n + j]) as number);
      for (let p = 0; p < k; p++) {
        const [x, y] = [a[tA ? p * m + i : i * k + p] as number, b[tB ? j * k + p : p * n + j] as number];
        sum = fround(sum + fround(x * y));
      }
      if (relu) sum = Math.max(sum, 0);
      if (c[i * n + j] !== sum) different++;
    }
  }
  return different;
}

describe('products', () => {
  it('are bit-identical to a sequential float32 loop for random shapes, and write nothing else', () => {
    const dice = new Dice(11);
    for (let round = 0; round < 160; round++) {
      const large = round % 20 === 0;
      const [m, n] = [dice.whole(1, 37), dice.whole(1, 37)];
      const k = large ? dice.whole(513, 1600) : dice.whole(1, 70);
      const start = dice.pick<Start>('zero', 'accumulate', 'bias');
      const shape = { m, n, k, start, relu: dice.chance(), tA: dice.chance(), tB: dice.chance() };
      expect({ ...shape, different: differingBits(dice, m, n, k, start, shape.relu, shape.tA, shape.tB) }).toEqual({
        ...shape,
        different: 0,
      });
    }
  });

  it.each([[1, 1, 1], [1, 9, 513], [130, 8, 5], [257, 17, 1025], [4, 8, 512], [5, 1, 1024], [129, 3, 517]])('are so at %i x %i x %i in all four orientations', (m, n, k) => {
    for (const tA of [false, true]) for (const tB of [false, true]) expect(differingBits(new Dice(m), m, n, k, 'bias', false, tA, tB)).toBe(0);
  }); // prettier-ignore

  it('keep NaN and Infinity, also through relu', () => {
    const y = tf.tidy(() => tf.fused.matMul({ a: tf.tensor2d([[NaN, 1], [Infinity, 1], [-Infinity, 0]]), b: tf.tensor2d([[1], [2]]), activation: 'relu' }).dataSync()); // prettier-ignore
    expect([...y]).toEqual([NaN, Infinity, 0]);
  });

  it('broadcast batches, and take integers', () => {
    const data = tf.tidy(() => {
      const [a, b] = [tf.randomUniform([1, 4, 2, 3], -1, 1, 'float32', 1), tf.randomUniform([4, 1, 3, 2], -1, 1, 'float32', 2)];
      const y = tf.matMul(a, b);
      const whole = tf.sum(tf.mul(tf.expandDims(a, -1), tf.expandDims(b, -3)), -2);
      return { shape: y.shape, y: y.dataSync(), whole: whole.dataSync(), ints: tf.matMul(tf.tensor2d([[2, 3]], undefined, 'int32'), tf.tensor2d([[5], [7]], undefined, 'int32')).arraySync() };
    }) as unknown as { shape: number[]; y: Float32Array; whole: Float32Array; ints: number[][] }; // prettier-ignore
    expect(data.shape).toEqual([4, 4, 2, 2]);
    expect(gap(data.y, data.whole)).toBeLessThan(1e-6);
    expect(data.ints).toEqual([[31]]);
  });

  it('take a bias of one value per row as one per row', () => {
    const y = tf.tidy(() => tf.fused.matMul({ a: tf.eye(2), b: tf.zeros([2, 2]), bias: tf.tensor2d([[1], [2]]) }).arraySync());
    expect(y).toEqual([[1, 1], [2, 2]]); // prettier-ignore
  });

  it('of batches take a bias once, however long the inner dimension', () => {
    const distance = tf.tidy(() => {
      const [a, b, bias] = [tf.randomUniform([3, 4, 130], -1, 1, 'float32', 1), tf.randomUniform([3, 130, 5], -1, 1, 'float32', 2), tf.range(0, 5)]; // prettier-ignore
      const fused = tf.fused.matMul({ a: a, b: b, bias, activation: 'relu' });
      return gap(fused.dataSync(), tf.relu(tf.add(tf.matMul(a, b), bias)).dataSync()) as unknown as tf.Tensor;
    }) as unknown as number;
    expect(distance).toBeLessThan(1e-6);
  });

  it('have results for no rows and for an empty inner dimension', () => {
    expect(tf.tidy(() => tf.matMul(tf.zeros([0, 3]), tf.zeros([3, 2])).shape)).toEqual([0, 2]);
    expect(tf.tidy(() => tf.fused.matMul({ a: tf.zeros([2, 0]), b: tf.zeros([0, 2]), bias: tf.tensor1d([1, 2]) }).arraySync())).toEqual([[1, 2], [1, 2]]); // prettier-ignore
  });
});

describe('element-wise kernels', () => {
  it('stay inside their buffers and equal plain loops', () => {
    const dice = new Dice(5);
    for (let round = 0; round < 40; round++) {
      const [rows, columns] = [dice.whole(1, 150), dice.whole(1, 21)];
      const [x, dy] = [dice.floats(rows * columns), dice.floats(rows * columns)];
      const arena = new Arena(module);
      const [sum, masked] = [arena.put(columns), arena.put(x.length)];
      const [atX, atDy] = [arena.put(x), arena.put(dy)];
      module.kernels.columnSum(sum, atX, rows, columns);
      module.kernels.reluGradient(masked, atDy, atX, x.length);
      const expected = Array.from({ length: columns }, (_, j) => Array.from({ length: rows }, (_, i) => x[i * columns + j] as number).reduce((a, b) => a + b, 0)); // prettier-ignore
      expect(gap(arena.read(sum, columns), expected)).toBeLessThan(1e-5);
      expect([...arena.read(masked, x.length)]).toEqual(Array.from(dy, (value, i) => ((x[i] as number) > 0 ? value : 0)));
      arena.close();
    }
  });
});
