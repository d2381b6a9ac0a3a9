import { AppError } from '../../config/app-error.js';
import type { GeneratorConfig } from '../../config/data-schema.js';
import { MAX_VALUES } from './limits.js';

/** Arguments of one generator. */
export type Named<N extends GeneratorConfig['name']> = Extract<GeneratorConfig, { name: N }>;

/** Rows of a formula: fills one input row (x) and returns the target. */
export interface Formula {
  rows: number;
  /** Shape of one input row. */
  shape: number[];
  row: (i: number, x: Float64Array) => number;
}

/** Throws AppError `config-invalid` where so many rows and columns exceed the limit. */
export function requireSize(rows: number, width: number, key = 'samples'): void {
  if (rows * width <= MAX_VALUES) return;
  const message = `The generator would make ${rows * width} numbers; the limit is ${MAX_VALUES}.`;
  throw new AppError('config-invalid', message, 'Make fewer rows.', { path: ['data', 'generator', key] });
}

/** Throws AppError `config-invalid` where the ends of a range are swapped. */
export function requireRange(low: number, high: number): void {
  if (low <= high) return;
  throw new AppError('config-invalid', `"low" (${low}) is above "high" (${high}).`, 'Swap them.', { path: ['data', 'generator', 'low'] });
}
