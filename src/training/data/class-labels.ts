import { AppError } from '../../config/app-error.js';
import { MAX_CLASSES } from './limits.js';
import type { Block, Source } from './source.js';

/** A target column as classes. */
export interface ClassLabels {
  /** Names by class index. */
  names: string[];
  /** Class index of a row of the source; NaN for rows that were dropped. */
  indexOf: (row: number) => number;
}

/**
 * Numbers the classes of a target column, learned on all usable rows (`limit` and the split do not change them).
 * Text: sorted. Booleans: false 0, true 1. Whole numbers: those that run from 0 with at most a tenth of them missing
 * are class indices as they are; others are numbered in ascending order.
 * Throws AppError `data-invalid` for fractions (naming the row) and too many classes.
 */
export function classLabels(block: Block, usable: Int32Array, source: Source, loss: string): ClassLabels {
  if (block.kind === 'boolean') return { names: ['false', 'true'], indexOf: (row) => block.values[row] as number };
  const codes = block.kind === 'text' ? sortedTexts(block, usable) : sortedNumbers(block, usable, source, loss);
  const names = codes.map((code) => (block.kind === 'text' ? (block.categories[code] as string) : String(code)));
  if (names.length > MAX_CLASSES) {
    throw new AppError(
      'data-invalid',
      `The target "${block.name}" has ${names.length} classes; the limit is ${MAX_CLASSES}.`,
      block.kind === 'text' ? 'Name another target column.' : 'Use a regression loss such as meanSquaredError, or another target.',
      { path: ['training', 'loss'] },
    );
  }
  const index = new Map(codes.map((code, i) => [code, i]));
  return { names, indexOf: (row) => index.get(block.values[row] as number) ?? NaN };
}

function sortedTexts(block: Block, usable: Int32Array): number[] {
  const text = (code: number): string => block.categories[code] as string;
  return distinct(block, usable).sort((a, b) => (text(a) < text(b) ? -1 : 1));
}

function sortedNumbers(block: Block, usable: Int32Array, source: Source, loss: string): number[] {
  for (const row of usable) {
    const value = block.values[row] as number;
    if (Number.isInteger(value)) continue;
    const { text, place } = source.where(row, 'y', 0);
    throw new AppError(
      'data-invalid',
      `The loss ${loss} needs classes, but the target "${block.name}" has ${value} in ${text}.`,
      'Use a regression loss such as meanSquaredError, or give classes as text or whole numbers.',
      place,
    );
  }
  const values = distinct(block, usable).sort((a, b) => a - b);
  const size = (values[values.length - 1] ?? 0) + 1;
  const areIndices = values[0] === 0 && size - values.length <= size / 10;
  return areIndices ? Array.from({ length: size }, (_, i) => i) : values;
}

function distinct(block: Block, usable: Int32Array): number[] {
  const seen = new Set<number>();
  // -0 and 0 are one class.
  for (const row of usable) seen.add((block.values[row] as number) + 0);
  return [...seen];
}
