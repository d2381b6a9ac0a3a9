import { AppError } from '../../config/app-error.js';
import type { Config } from '../../config/config-schema.js';
import type { LossType } from '../../config/training-schema.js';
import { classLabels, type ClassLabels } from './class-labels.js';
import { encodeNumberTargets } from './encode-number-targets.js';
import { encodeWideTargets } from './encode-wide-targets.js';
import { REGRESSION_LOSSES, type EncodedTargets } from './encoded-targets.js';
import { MAX_VALUES } from './limits.js';
import type { RowSplit } from './select-rows.js';
import { sizeOf, type Block, type Source } from './source.js';
import { classStats, numberStats } from './target-stats.js';

/**
 * Encodes the targets to what the loss needs. One column of classes (text, booleans, whole numbers) becomes
 * - categoricalCrossentropy: one-hot [classes];
 * - sparseCategoricalCrossentropy: the class index [1];
 * - binaryCrossentropy: 0 or 1 [1] for two classes, else one-hot; fractions between 0 and 1 stay as they are;
 * - hinge: -1 or 1 [1] for two classes, else one per class;
 * - regression losses: numbers as they are; text with two classes 0 or 1, with more one-hot.
 * For several columns see `encodeWideTargets`.
 * Throws AppError `data-invalid` (one class only, fractions for a class loss) and `config-invalid` (scaled classes).
 */
export function encodeTargets(source: Source, split: RowSplit, config: Config): EncodedTargets {
  const loss = config.training.loss.type;
  if (REGRESSION_LOSSES.has(loss)) return encodeNumberTargets(source, split, config.data.scale.target);
  if (config.data.scale.target !== 'none') {
    throw new AppError(
      'config-invalid',
      `The loss ${loss} needs classes, which cannot be scaled.`,
      'Set the scale of the target to "none".',
      {
        path: ['data', 'scale', 'target'],
      },
    );
  }
  const [only] = source.targets;
  const single = source.targets.length === 1 && only !== undefined && only.width === 1 && sizeOf(source.targetShape) === 1;
  if (!single) return encodeWideTargets(source, split, loss);
  if (loss === 'binaryCrossentropy' && isShare(only, split.usable)) return encodeShares(only, split);
  return encodeClasses(only, source, split, loss);
}

/** Fractions between 0 and 1: probabilities, not classes. */
function isShare(block: Block, usable: Int32Array): boolean {
  if (block.kind !== 'number') return false;
  let fractions = false;
  for (const row of usable) {
    const value = block.values[row] as number;
    if (value < 0 || value > 1) return false;
    if (value !== 0 && value !== 1) fractions = true;
  }
  return fractions;
}

function encodeShares(block: Block, split: RowSplit): EncodedTargets {
  const encode = (rows: Int32Array): Float32Array => Float32Array.from(rows, (row) => block.values[row] as number);
  const train = encode(split.train);
  const stats = numberStats(train, [block.name], split.train.length);
  return { shape: [1], train, validation: encode(split.validation), stats, classNames: null, outputUnits: 1 };
}

function encodeClasses(block: Block, source: Source, split: RowSplit, loss: LossType): EncodedTargets {
  const labels = classLabels(block, split.usable, source, loss);
  requireTwoClasses(block, labels, source, split, loss);
  const classes = labels.names.length;
  const oneHot = loss === 'categoricalCrossentropy' || (loss !== 'sparseCategoricalCrossentropy' && classes > 2);
  const [off, on] = loss === 'hinge' ? [-1, 1] : [0, 1];
  const width = oneHot ? classes : 1;
  if (width * (split.train.length + split.validation.length) > MAX_VALUES) {
    const message = `One-hot targets of ${classes} classes would have more than ${MAX_VALUES} numbers.`;
    throw new AppError('data-invalid', message, 'Use sparseCategoricalCrossentropy, or set "data.limit".', { path: ['training', 'loss'] });
  }
  const encode = (rows: Int32Array): Float32Array => {
    if (!oneHot) {
      return Float32Array.from(rows, (row) => (loss === 'hinge' ? 2 * labels.indexOf(row) - 1 : labels.indexOf(row)));
    }
    const out = new Float32Array(rows.length * width).fill(off);
    for (let r = 0; r < rows.length; r++) out[r * width + labels.indexOf(rows[r] as number)] = on;
    return out;
  };
  const train = encode(split.train);
  const indices = Float32Array.from(split.train, labels.indexOf);
  return {
    shape: [width],
    train,
    validation: encode(split.validation),
    stats: [classStats(block.name, oneHot ? indices : train, indices, classes)],
    classNames: labels.names,
    outputUnits: oneHot || loss === 'sparseCategoricalCrossentropy' ? classes : 1,
  };
}

function requireTwoClasses(block: Block, labels: ClassLabels, source: Source, split: RowSplit, loss: LossType): void {
  const first = labels.indexOf(split.train[0] as number);
  const differs = (row: number): boolean => labels.indexOf(row) !== first;
  if (split.train.some(differs) || split.validation.some(differs)) return;
  throw new AppError(
    'data-invalid',
    `All rows used have the class "${labels.names[first]}" of "${block.name}": with the loss ${loss} there is nothing to learn.`,
    'Give rows of at least two classes, or name another "data.target".',
    source.place,
  );
}
