import { AppError } from '../../config/app-error.js';
import type { Random } from '../random.js';
import { requireRange, requireSize, type Formula, type Named } from './generator-formula.js';

/** x = from, from + step, ... up to and including `to`; y = f(x) + noise N(0, 1). */
export function line(config: Named<'linear'> | Named<'polynomial'>, f: (x: number) => number, noise: number, random: Random): Formula {
  const { from, to, step } = config;
  if (to < from) {
    throw new AppError('config-invalid', `The generator has no rows: "to" (${to}) is below "from" (${from}).`, 'Give a larger "to".', {
      path: ['data', 'generator', 'to'],
    });
  }
  // A little more than the last step, so that rounding in (4.9 - 0) / 0.1 loses no row.
  const rows = Math.floor((to - from) / step + 1e-9) + 1;
  requireSize(rows, 1, 'step');
  return {
    rows,
    shape: [1],
    row(i, x) {
      const value = from + i * step;
      x[0] = value;
      return f(value) + noise * random.normal();
    },
  };
}

/** x ~ N(0, 1), w ~ N(0, 1); y = targetScale (w . x + sin(2 x0) + noise N(0, 1)). */
export function regression({ samples, features, noise, targetScale }: Named<'regression'>, random: Random): Formula {
  requireSize(samples, features);
  const weights = Float64Array.from({ length: features }, () => random.normal());
  return {
    rows: samples,
    shape: [features],
    row(_, x) {
      let sum = 0;
      for (let j = 0; j < features; j++) {
        const value = random.normal();
        x[j] = value;
        sum += (weights[j] as number) * value;
      }
      return targetScale * (sum + Math.sin(2 * (x[0] as number)) + noise * random.normal());
    },
  };
}

/** x uniform in [low, high); y = sum(coefficient x) + intercept. */
export function uniform({ samples, features, low, high, coefficients, intercept }: Named<'uniform'>, random: Random): Formula {
  requireSize(samples, features);
  requireRange(low, high);
  if (coefficients !== undefined && coefficients.length !== features) {
    const message = `The generator has ${features} features but ${coefficients.length} coefficients.`;
    throw new AppError('config-invalid', message, 'Give one coefficient per feature.', { path: ['data', 'generator', 'coefficients'] });
  }
  return {
    rows: samples,
    shape: [features],
    row(_, x) {
      let y = intercept;
      for (let j = 0; j < features; j++) {
        x[j] = low + (high - low) * random.uniform();
        y += (coefficients?.[j] ?? 1) * (x[j] as number);
      }
      return y;
    },
  };
}

/**
 * The adding problem (Hochreiter and Schmidhuber 1997): sequences of [value, marker], values uniform in [0, 1), marker 1
 * at two random steps, one in each half, else 0; the target is the sum of the two marked values.
 */
export function adding({ samples, length }: Named<'adding'>, random: Random): Formula {
  requireSize(samples, 2 * length);
  if (length < 2) {
    throw new AppError('config-invalid', 'Sequences of one step have no two values to add.', 'Give a "length" of at least 2.', {
      path: ['data', 'generator', 'length'],
    });
  }
  const half = length >> 1;
  return {
    rows: samples,
    shape: [length, 2],
    row(_, x) {
      for (let t = 0; t < length; t++) x[2 * t] = random.uniform();
      const [first, second] = [random.integer(half), half + random.integer(length - half)];
      x[2 * first + 1] = 1;
      x[2 * second + 1] = 1;
      return (x[2 * first] as number) + (x[2 * second] as number);
    },
  };
}
