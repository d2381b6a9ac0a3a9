import type { LossConfig } from '../../config/training-schema.js';
import type { PreparedData } from './dataset.js';

/** What the trivial predictor reaches. */
export interface Baseline {
  /** In the units of the configured loss, at the targets as the model sees them. */
  loss: number;
  /** Share of the most frequent class, where the target is a class. */
  accuracy?: number;
}

/** Rows used to search a constant that has no closed form; the loss is then taken over all rows. */
const SEARCH_ROWS = 20_000;

/**
 * The loss of the best prediction that does not look at the inputs, on the training rows, without penalties: one
 * constant per output (mean for meanSquaredError, median for meanAbsoluteError, the minimiser for huber and logCosh, the
 * better of -1 and 1 for hinge) or the class frequencies for the cross-entropies. Losses are averaged over outputs and
 * rows as in Keras. A run whose loss stays near it has learned nothing.
 */
export function baseline(data: Pick<PreparedData, 'train' | 'targets'>, loss: LossConfig): Baseline {
  const { targets, targetShape } = data.train;
  const accuracy = majorityShare(data);
  const rest = accuracy === undefined ? {} : { accuracy };
  if (loss.type === 'sparseCategoricalCrossentropy') return { loss: indexEntropy(targets), ...rest };
  const width = targetShape.reduce((product, size) => product * size, 1);
  if (loss.type === 'categoricalCrossentropy') {
    // The classes are the last axis; steps before it are averaged.
    const classes = targetShape[targetShape.length - 1] ?? 1;
    let sum = 0;
    for (let j = 0; j < width; j++) sum += plogp(mean(column(targets, width, j)));
    return { loss: (-sum * classes) / width, ...rest };
  }
  let sum = 0;
  for (let j = 0; j < width; j++) sum += columnLoss(column(targets, width, j), loss.type);
  return { loss: sum / width, ...rest };
}

type ColumnLossType = Exclude<LossConfig['type'], 'sparseCategoricalCrossentropy' | 'categoricalCrossentropy'>;

/** Loss of the best constant for one output. */
function columnLoss(values: Float32Array, type: ColumnLossType): number {
  switch (type) {
    case 'meanSquaredError':
      return meanLoss(values, mean(values), (d) => d * d);
    case 'meanAbsoluteError':
      return meanLoss(values, median(values), Math.abs);
    case 'huber':
      return meanLoss(
        values,
        root(values, (d) => Math.max(-1, Math.min(1, d))),
        huber,
      );
    case 'logCosh':
      return meanLoss(values, root(values, Math.tanh), logCosh);
    case 'binaryCrossentropy': {
      const p = mean(values);
      return -plogp(p) - plogp(1 - p);
    }
    case 'hinge':
      return Math.min(...[-1, 0, 1].map((c) => mean(values.map((y) => Math.max(0, 1 - y * c)))));
  }
}

/** Huber loss with delta 1. */
const huber = (d: number): number => (Math.abs(d) <= 1 ? 0.5 * d * d : Math.abs(d) - 0.5);
/** log(cosh(d)) without overflow. */
const logCosh = (d: number): number => Math.abs(d) + Math.log1p(Math.exp(-2 * Math.abs(d))) - Math.LN2;
const plogp = (p: number): number => (p <= 0 ? 0 : p * Math.log(p));

function column(values: Float32Array, width: number, j: number): Float32Array {
  if (width === 1) return values;
  const out = new Float32Array(values.length / width);
  for (let r = 0; r < out.length; r++) out[r] = values[r * width + j] as number;
  return out;
}

function mean(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function meanLoss(values: Float32Array, constant: number, of: (difference: number) => number): number {
  let sum = 0;
  for (const value of values) sum += of(value - constant);
  return sum / values.length;
}

function median(values: Float32Array): number {
  const sorted = values.slice().sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[half] as number) : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
}

/** The constant where the slope of a convex loss is zero, by bisection between the smallest and largest value. */
function root(values: Float32Array, slope: (difference: number) => number): number {
  const stride = Math.max(1, Math.ceil(values.length / SEARCH_ROWS));
  const sample = stride === 1 ? values : values.filter((_, i) => i % stride === 0);
  let low = sample.reduce((a, b) => Math.min(a, b));
  let high = sample.reduce((a, b) => Math.max(a, b));
  for (let i = 0; i < 60; i++) {
    const middle = low + (high - low) / 2;
    if (meanLoss(sample, middle, slope) > 0) low = middle;
    else high = middle;
  }
  return low + (high - low) / 2;
}

function indexEntropy(indices: Float32Array): number {
  const counts = new Map<number, number>();
  for (const index of indices) counts.set(index, (counts.get(index) ?? 0) + 1);
  let sum = 0;
  for (const count of counts.values()) sum += plogp(count / indices.length);
  return -sum;
}

/** Several labels at once: the mean over the labels. */
function majorityShare({ targets }: Pick<PreparedData, 'targets'>): number | undefined {
  const shares = targets.map(({ classCounts }) =>
    classCounts === null ? NaN : Math.max(...classCounts) / classCounts.reduce((a, b) => a + b, 0),
  );
  const share = shares.reduce((a, b) => a + b, 0) / shares.length;
  return Number.isNaN(share) ? undefined : share;
}
