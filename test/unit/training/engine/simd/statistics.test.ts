import { beforeAll, describe, expect, it } from 'vitest';
import { selectEngine } from '../../../../../src/training/engine/select-engine.js';
import type { KernelModule } from '../../../../../src/training/engine/simd/kernel-module.js';
import { kernelModule } from '../../../../../src/training/engine/simd/register-simd.js';
import { Arena, Dice, gap } from './arena.js';

let module: KernelModule;
beforeAll(async () => {
  await selectEngine('wasm');
  module = kernelModule() as KernelModule;
});

function special(dice: Dice, length: number): Float32Array {
  return dice.floats(length).map((value) => (dice.next() < 0.1 ? dice.pick(0, -0, 1e20, -1e20, 1e-30) : value));
}

function runKernels(g: Float32Array, w: Float32Array, next: Float32Array): { gradient: number[]; update: number[] } {
  const arena = new Arena(module);
  // Float64 on an address of 8 bytes.
  const [ofGradient, ofUpdate] = [arena.put(new Float32Array(8)), arena.put(new Float32Array(6))];
  module.kernels.gradientStatistics(g.length, arena.put(g), ofGradient);
  module.kernels.updateStatistics(w.length, arena.put(w), arena.put(next), arena.put(g), ofUpdate);
  const result = { gradient: [...module.doubles(ofGradient, 4)], update: [...module.doubles(ofUpdate, 3)] };
  arena.close();
  return result;
}

/** |a - b| relative to b. */
const relative = (a: number, b: number): number => (a === b ? 0 : Math.abs(a - b) / Math.abs(b));

describe('statistics', () => {
  it('equal float64 loops, also with 1e20 and zeros', () => {
    const dice = new Dice(7);
    for (let round = 0; round < 200; round++) {
      const length = dice.whole(1, round % 10 === 0 ? 3000 : 40);
      const [g, w, next] = [special(dice, length), dice.floats(length), dice.floats(length)];
      const { gradient, update } = runKernels(g, w, next);
      const step = Array.from(next, (value, i) => Math.fround(value - (w[i] as number)));
      const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
      expect(relative(gradient[0] as number, sum(Array.from(g, (v) => v * v)))).toBeLessThan(1e-12);
      expect(gradient[1]).toBe(Math.max(...g.map(Math.abs)));
      expect(gradient.slice(2)).toEqual([0, g.filter((v) => v === 0).length]);
      expect(relative(update[0] as number, sum(Array.from(w, (v) => v * v)))).toBeLessThan(1e-12);
      expect(relative(update[1] as number, sum(step.map((v) => v * v)))).toBeLessThan(1e-12);
      const dot = step.map((v, i) => v * (g[i] as number));
      const size = sum(dot.map(Math.abs));
      expect(Math.abs((update[2] as number) - sum(dot)) / (size || 1)).toBeLessThan(1e-12);
    }
  });

  it('see every NaN and Infinity', () => {
    for (let length = 1; length <= 9; length++) {
      for (let at = 0; at < length; at++) {
        const ones = new Float32Array(length).fill(1);
        const broken = ones.slice();
        broken[at] = NaN;
        expect(runKernels(broken, ones, ones).gradient).toEqual([NaN, NaN, 1, 0]);
        broken[at] = -Infinity;
        expect(runKernels(broken, ones, ones).gradient).toEqual([Infinity, Infinity, 1, 0]);
        expect(runKernels(ones, broken, ones).update.slice(0, 2)).toEqual([Infinity, Infinity]);
      }
    }
    expect(gap(runKernels(new Float32Array(3), new Float32Array(3), new Float32Array(3)).gradient, [0, 0, 0, 3])).toBe(0);
  });
});
