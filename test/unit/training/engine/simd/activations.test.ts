import { beforeAll, describe, expect, it } from 'vitest';
import { selectEngine } from '../../../../../src/training/engine/select-engine.js';
import { ACTIVATION_KINDS, type ActivationKind } from '../../../../../src/training/engine/simd/activation-kinds.js';
import type { KernelModule } from '../../../../../src/training/engine/simd/kernel-module.js';
import { kernelModule } from '../../../../../src/training/engine/simd/register-simd.js';
import { Arena, Dice } from './arena.js';

let module: KernelModule;
beforeAll(async () => {
  await selectEngine('wasm');
  module = kernelModule() as KernelModule;
});

/** tfjs's erf, formula 7.1.26 of Abramowitz and Stegun. */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const p = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.sign(x) * (1 - p * Math.exp(-x * x));
}

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** In float64; softmax is over a whole row and has a test of its own. */
const exact: Record<Exclude<ActivationKind, 'softmax'>, (x: number) => number> = {
  linear: (x) => x,
  relu: (x) => Math.max(x, 0),
  relu6: (x) => Math.min(Math.max(x, 0), 6),
  elu: (x) => (x > 0 ? x : Math.expm1(x)),
  selu: (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)),
  sigmoid,
  hardSigmoid: (x) => Math.min(Math.max(0.2 * x + 0.5, 0), 1),
  tanh: Math.tanh,
  softplus,
  softsign: (x) => x / (1 + Math.abs(x)),
  swish: (x) => x * sigmoid(x),
  mish: (x) => x * Math.tanh(softplus(x)),
  gelu: (x) => (x / 2) * (1 + erf(x / Math.SQRT2)),
  exponential: Math.exp,
};
const elementwise = Object.entries(exact) as [keyof typeof exact, (x: number) => number][];
const numberOf = (kind: ActivationKind): number => ACTIVATION_KINDS.indexOf(kind);

/** What the kernel makes of one row. */
function activate(kind: ActivationKind, x: Float32Array): Float32Array {
  const arena = new Arena(module);
  const at = arena.put(x);
  module.kernels.activate(numberOf(kind), 1, x.length, at, x.length * 4);
  const y = arena.read(at, x.length);
  arena.close();
  return y;
}

/** f'(x) dy of one row. */
function gradient(kind: ActivationKind, x: Float32Array, dy: Float32Array): Float32Array {
  const y = activate(kind, x);
  const arena = new Arena(module);
  const [to, dyAt, yAt, xAt] = [arena.put(x.length), arena.put(dy), arena.put(y), arena.put(x)];
  module.kernels.activationGradient(numberOf(kind), 1, x.length, to, 0, dyAt, 0, yAt, 0, xAt, 0);
  const dx = arena.read(to, x.length);
  arena.close();
  return dx;
}

const spread = (limit: number, n = 4003): Float32Array => Float32Array.from({ length: n }, (_, i) => ((2 * i) / (n - 1) - 1) * limit);

function worst(got: Float32Array, x: Float32Array, f: (x: number) => number): { absolute: number; relative: number; mixed: number } {
  const errors = Array.from(got, (value, i) => [Math.abs(value - f(x[i] as number)), Math.abs(f(x[i] as number))] as const);
  return {
    absolute: Math.max(...errors.map(([error]) => error)),
    mixed: Math.max(...errors.map(([error, size]) => error / (1 + size))),
    relative: Math.max(...errors.filter(([, size]) => size > 1e-30).map(([error, size]) => error / size)),
  };
}

describe('activations', () => {
  it.each(elementwise)('%s is the exact function to float32 rounding', (kind, f) => {
    for (const limit of [0.01, 3, 30]) {
      const x = spread(limit);
      expect(worst(activate(kind, x), x, f).mixed).toBeLessThan(kind === 'gelu' ? 3e-6 : 5e-7);
    }
  });

  it('keep the accuracy the file of the elementary functions names', () => {
    const x = spread(60, 20_001);
    expect(worst(activate('exponential', x), x, Math.exp).relative).toBeLessThan(1.4e-7);
    const values = worst(activate('sigmoid', x), x, sigmoid);
    expect(values.absolute).toBeLessThan(1e-7);
    expect(values.relative).toBeLessThan(1.6e-7);
    const tanh = activate('tanh', x);
    expect(worst(tanh, x, Math.tanh).relative).toBeLessThan(4e-7);
    expect(tanh.every((value) => Math.abs(value) < 1)).toBe(true);
  });

  it.each(elementwise)('%s has the slope of central differences, in rows of any length', (kind, f) => {
    for (const n of [1, 2, 3, 4, 7, 66]) {
      // Away from the corners at 0, 6 and +-2.5.
      const x = Float32Array.from({ length: n }, (_, i) => [-7.3, -2.1, -0.4, 0.3, 1.7, 5.2, 8.1][i % 7] as number);
      const dy = new Dice(n).floats(n);
      gradient(kind, x, dy).forEach((dx, i) => {
        const [at, step] = [x[i] as number, 1e-4];
        const slope = (f(at + step) - f(at - step)) / (2 * step);
        expect(Math.abs(dx - slope * (dy[i] as number))).toBeLessThan(2e-5 * (1 + Math.abs(slope)));
      });
    }
  });

  it('make softmax and its gradient over each row', () => {
    const x = Float32Array.from([1, -2, 0.5, 3, 0]);
    const dy = new Dice(3).floats(5);
    const total = x.reduce((sum, value) => sum + Math.exp(value), 0);
    const y = x.map((value) => Math.exp(value) / total);
    const dot = y.reduce((sum, value, i) => sum + value * (dy[i] as number), 0);
    activate('softmax', x).forEach((value, i) => expect(value).toBeCloseTo(y[i] as number, 6));
    gradient('softmax', x, dy).forEach((value, i) => expect(value).toBeCloseTo((y[i] as number) * ((dy[i] as number) - dot), 6));
  });

  it.each(ACTIVATION_KINDS)('%s keeps NaN, and an overflow is no number below', (kind) => {
    const x = new Float32Array(9).fill(0.5);
    x[2] = x[8] = NaN;
    const y = activate(kind, x);
    expect([y[2], y[8]]).toEqual([NaN, NaN]);
    if (kind === 'exponential') expect(activate(kind, Float32Array.of(100))[0]).toBe(Infinity);
  });

  it('write nothing outside the rows they were given', () => {
    const dice = new Dice(9);
    for (let round = 0; round < 60; round++) {
      const [rows, n, gap] = [dice.whole(1, 4), dice.whole(1, 40), dice.whole(0, 5)];
      const arena = new Arena(module);
      const values = dice.floats(rows * (n + gap));
      const at = arena.put(values);
      const kind = dice.whole(0, ACTIVATION_KINDS.length - 1);
      module.kernels.activate(kind, rows, n, at, (n + gap) * 4);
      const after = arena.read(at, values.length);
      after.forEach((value, i) => {
        if (i % (n + gap) >= n) expect(value).toBe(values[i]);
      });
      const row = (n + gap) * 4;
      module.kernels.activationGradient(
        kind,
        rows,
        n,
        arena.put(values.length),
        row,
        arena.put(values),
        row,
        at,
        row,
        arena.put(values),
        row,
      );
      arena.close();
    }
  });
});
