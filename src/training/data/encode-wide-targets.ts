import { AppError } from '../../config/app-error.js';
import type { LossType } from '../../config/training-schema.js';
import { classLabels } from './class-labels.js';
import type { EncodedTargets } from './encoded-targets.js';
import { MAX_CLASSES } from './limits.js';
import type { RowSplit } from './select-rows.js';
import { columnName, type Block, type Source } from './source.js';
import { classStats, numberStats } from './target-stats.js';

/**
 * Targets of several columns (or axes) with a loss for classes:
 * - categoricalCrossentropy: one-hot or probabilities, kept as they are;
 * - sparseCategoricalCrossentropy: one-hot rows become the class index [1]; else whole numbers, kept (one class per step);
 * - binaryCrossentropy: 0 to 1, kept (several labels at once); text or boolean columns of two classes 0 or 1;
 * - hinge: 0 and 1 become -1 and 1; -1 and 1 are kept.
 * Throws AppError `data-invalid` for anything else, naming the row.
 */
export function encodeWideTargets(source: Source, split: RowSplit, loss: LossType): EncodedTargets {
  const wide = gather(source, split, loss);
  if (loss === 'sparseCategoricalCrossentropy') return encodeIndices(wide, source, loss);
  const signed = loss === 'hinge' && (wide.train.includes(-1) || wide.validation.includes(-1));
  const fits = signed ? (value: number) => value === -1 || value === 1 : (value: number) => value >= 0 && value <= 1;
  wide.require(fits, signed ? 'is neither -1 nor 1' : 'is not between 0 and 1', loss);
  if (loss === 'hinge' && !signed) for (const part of [wide.train, wide.validation]) part.forEach((value, i) => (part[i] = 2 * value - 1));
  const { train, validation, names } = wide;
  const shape = source.targetShape;
  const classes = loss === 'categoricalCrossentropy' && shape.length === 1 ? oneHotIndices(train, names.length) : null;
  if (classes !== null) requireTwoClasses(classes, validation, names, source);
  return {
    shape,
    train,
    validation,
    stats: classes === null ? labelStats(train, names, split.train.length) : [classStats('target', classes, classes, names.length)],
    classNames: classes === null ? null : names,
    outputUnits: shape[shape.length - 1] ?? 1,
  };
}

interface WideTargets {
  names: string[];
  train: Float32Array;
  validation: Float32Array;
  all(): Iterable<number>;
  /** Throws AppError naming the first row whose value does not fit. */
  require(fits: (value: number) => boolean, fault: string, loss: LossType): void;
}

function gather(source: Source, split: RowSplit, loss: LossType): WideTargets {
  const names = source.targets.flatMap((block) => Array.from({ length: block.width }, (_, j) => columnName(block, j)));
  const readers = source.targets.map((block) => readerOf(block, source, split, loss));
  const width = names.length;
  const collect = (rows: Int32Array): Float32Array => {
    const out = new Float32Array(rows.length * width);
    for (let r = 0; r < rows.length; r++) {
      let at = r * width;
      source.targets.forEach((block, b) => {
        for (let j = 0; j < block.width; j++) out[at++] = readers[b]?.(rows[r] as number, j) ?? NaN;
      });
    }
    return out;
  };
  const [train, validation] = [collect(split.train), collect(split.validation)];
  return {
    names,
    train,
    validation,
    *all() {
      yield* train;
      yield* validation;
    },
    require(fits, fault, usedLoss) {
      for (const [values, rows] of [[train, split.train], [validation, split.validation]] as const) {
        const at = values.findIndex((value) => !fits(value));
        if (at === -1) continue;
        const { text, place } = source.where(rows[Math.floor(at / width)] as number, 'y', at % width);
        const message = `With the loss ${usedLoss}, the target "${names[at % width]}" in ${text} ${fault} (${values[at]}).`;
        throw new AppError('data-invalid', message, 'Give one column of classes, or use a regression loss such as meanSquaredError.', place);
      } // prettier-ignore
    },
  };
}

function readerOf(block: Block, source: Source, split: RowSplit, loss: LossType): (row: number, column: number) => number {
  if (block.kind !== 'text') return (row, column) => block.values[row * block.width + column] as number;
  const labels = classLabels(block, split.usable, source, loss);
  if (labels.names.length === 2 && (loss === 'binaryCrossentropy' || loss === 'hinge')) return labels.indexOf;
  throw new AppError(
    'data-invalid',
    `The loss ${loss} cannot use the text column "${block.name}" (${labels.names.length} classes) beside other targets.`,
    'Name one target column, or columns of two classes with binaryCrossentropy.',
    { path: ['data', 'target'] },
  );
}

function encodeIndices(wide: WideTargets, source: Source, loss: LossType): EncodedTargets {
  const { names } = wide;
  const shape = source.targetShape;
  if (shape.length === 1) {
    const train = oneHotIndices(wide.train, names.length);
    const validation = oneHotIndices(wide.validation, names.length);
    if (train !== null && validation !== null) {
      requireTwoClasses(train, wide.validation, names, source);
      const stats = [classStats('target', train, train, names.length)];
      return { shape: [1], train, validation, stats, classNames: names, outputUnits: names.length };
    }
  }
  const isClass = (value: number): boolean => Number.isInteger(value) && value >= 0 && value < MAX_CLASSES;
  wide.require(isClass, 'is neither one-hot nor a class index', loss);
  let classes = 1;
  for (const value of wide.all()) classes = Math.max(classes, value + 1);
  const { train, validation } = wide;
  const all = classStats('target', train, train, classes);
  return { shape, train, validation, stats: [all], classNames: null, outputUnits: classes };
}

/** Index of the 1 of each row; null where a row is not one-hot. */
function oneHotIndices(values: Float32Array, width: number): Float32Array | null {
  const indices = new Float32Array(values.length / width);
  for (let r = 0; r < indices.length; r++) {
    let ones = 0;
    for (let j = 0; j < width; j++) {
      const value = values[r * width + j] as number;
      if (value === 1) {
        ones++;
        indices[r] = j;
      } else if (value !== 0) return null;
    }
    if (ones !== 1) return null;
  }
  return indices;
}

function requireTwoClasses(train: Float32Array, validation: Float32Array, names: readonly string[], source: Source): void {
  const first = train[0] as number;
  if (train.some((index) => index !== first)) return;
  const others = validation.some((value, i) => value === 1 && i % names.length !== first);
  if (others) return;
  throw new AppError(
    'data-invalid',
    `All rows used have the class "${names[first]}": there is nothing to learn.`,
    'Give rows of at least two classes.',
    source.place,
  );
}

/** Per column; a column of two values is a class of its own. */
function labelStats(train: Float32Array, names: string[], rows: number): ReturnType<typeof numberStats> {
  return numberStats(train, names, rows).map((stats, j) => {
    const [low, high] = stats.min < 0 ? [-1, 1] : [0, 1];
    const counts = [0, 0];
    for (let r = 0; r < rows; r++) {
      const value = train[r * names.length + j];
      if (value === low) counts[0] = (counts[0] ?? 0) + 1;
      else if (value === high) counts[1] = (counts[1] ?? 0) + 1;
      else return stats;
    }
    return { ...stats, classes: 2, classCounts: counts };
  });
}
