import { AppError } from '../../config/app-error.js';
import type { DataConfig } from '../../config/data-schema.js';
import type { FeatureStats } from '../../diagnosis/preflight-report.js';
import { columnStats } from './column-stats.js';
import { MAX_CATEGORIES, MAX_VALUES } from './limits.js';
import { fitScaling, writeScaled, type Scaling } from './scaling.js';
import type { RowSplit } from './select-rows.js';
import { columnName, sizeOf, type Block, type Source } from './source.js';

export interface EncodedInputs {
  shape: readonly number[];
  train: Float32Array;
  validation: Float32Array;
  stats: FeatureStats[];
}

/** More columns than this are one entry of the statistics: nobody reads the 784 pixels of an image one by one. */
const MAX_NAMED_COLUMNS = 256;

/** How one block becomes columns of the model. */
interface Encoder {
  block: Block;
  names: string[];
  write(rows: Int32Array, out: Float32Array, outWidth: number, offset: number): void;
}

/**
 * Makes the input matrix. Numbers are multiplied by `factor`, then scaled; text becomes one column per text, in sorted
 * order, 1 where it is that text; booleans are 0 or 1 (neither is scaled: they are on scale already). All is learned
 * on the training rows: a text that occurs only in validation rows is all zeros there. Missing cells become the mean of the
 * training rows, missing texts or booleans the most frequent one.
 * Throws AppError `data-invalid` (a column without values, too many texts, overflow) and `shape-mismatch`.
 */
export function encodeInputs(source: Source, split: RowSplit, data: DataConfig): EncodedInputs {
  const encoders = source.inputs.map((block) => encoderOf(block, split.train, data, source));
  const names = encoders.flatMap((encoder) => encoder.names);
  const width = names.length;
  const allRows = split.train.length + split.validation.length;
  if (width * allRows > MAX_VALUES) {
    const message = `The inputs would have ${width} columns and ${allRows} rows; the limit is ${MAX_VALUES} numbers.`;
    throw new AppError('data-invalid', message, 'Set "data.limit", or name fewer "data.features".', { path: ['data'] });
  }
  const shape = data.inputShape ?? (source.inputs.some((block) => block.kind === 'text') ? [width] : source.inputShape);
  if (sizeOf(shape) !== width) {
    const message = `"inputShape" [${shape.join(', ')}] has ${sizeOf(shape)} numbers, but a row has ${width}.`;
    throw new AppError('shape-mismatch', message, `Give a shape whose product is ${width}, or remove the key.`, {
      path: ['data', 'inputShape'],
    });
  }
  const matrix = (rows: Int32Array): Float32Array => {
    const out = new Float32Array(rows.length * width);
    let offset = 0;
    for (const encoder of encoders) {
      encoder.write(rows, out, width, offset);
      offset += encoder.names.length;
    }
    requireFinite(out, names, width);
    return out;
  };
  const train = matrix(split.train);
  return { shape, train, validation: matrix(split.validation), stats: featureStats(train, names, split.train.length) };
}

function encoderOf(block: Block, train: Int32Array, data: DataConfig, source: Source): Encoder {
  if (block.kind === 'text') return oneHotEncoder(block, train, source);
  const scaled = block.kind === 'number';
  const scaling = fitScaling(block, train, scaled ? data.scale.inputs : 'none', scaled ? data.factor : 1);
  if (block.kind === 'boolean') scaling.fill = scaling.fill.map((share) => (share >= 0.5 ? 1 : 0));
  const names = Array.from({ length: block.width }, (_, j) => columnName(block, j));
  requireValues(scaling, names, block, train, source);
  return { block, names, write: (rows, out, outWidth, offset) => writeScaled(block, rows, scaling, out, outWidth, offset) };
}

/** Filling with a mean needs a mean. */
function requireValues(scaling: Scaling, names: string[], block: Block, train: Int32Array, source: Source): void {
  const empty = scaling.fill.findIndex((mean) => Number.isNaN(mean));
  if (empty !== -1 && train.length > 0) throw noValuesError(names[empty] ?? block.name, source);
}

function noValuesError(name: string, source: Source): AppError {
  return new AppError(
    'data-invalid',
    `Column "${name}" has no value in any training row.`,
    'Leave it out of "data.features".',
    source.place,
  );
}

function oneHotEncoder(block: Block, train: Int32Array, source: Source): Encoder {
  const counts = new Float64Array(block.categories.length);
  for (const row of train) {
    const code = block.values[row] as number;
    if (!Number.isNaN(code)) counts[code] = (counts[code] as number) + 1;
  }
  const text = (code: number): string => block.categories[code] as string;
  const seen = [...counts.keys()].filter((code) => counts[code] !== 0).sort((a, b) => (text(a) < text(b) ? -1 : 1));
  if (seen.length === 0) throw noValuesError(block.name, source);
  if (seen.length > MAX_CATEGORIES) {
    const message = `Column "${block.name}" has ${seen.length} different texts; each would become an input of its own (limit ${MAX_CATEGORIES}).`;
    throw new AppError('data-invalid', message, 'Name the columns to use in "data.features" and leave this one out.', { path: ['data'] });
  }
  const column = new Map(seen.map((code, j) => [code, j]));
  const mostFrequent = seen.reduce((best, code) => ((counts[code] as number) > (counts[best] as number) ? code : best));
  return {
    block,
    names: seen.map((code) => `${block.name}=${text(code)}`),
    write(rows, out, outWidth, offset) {
      for (let r = 0; r < rows.length; r++) {
        const code = block.values[rows[r] as number] as number;
        const j = column.get(Number.isNaN(code) ? mostFrequent : code);
        if (j !== undefined) out[r * outWidth + offset + j] = 1;
      }
    },
  };
}

function requireFinite(matrix: Float32Array, names: readonly string[], width: number): void {
  for (let i = 0; i < matrix.length; i++) {
    const value = matrix[i] as number;
    if (value - value === 0) continue;
    throw new AppError(
      'data-invalid',
      `Column "${names[i % width]}" is ${value} after "factor" and "scale": beyond float32.`,
      'Use a smaller "data.factor", or leave the column out of "data.features".',
      { path: ['data', 'factor'] },
    );
  }
}

function featureStats(train: Float32Array, names: readonly string[], rows: number): FeatureStats[] {
  const grouped = names.length > MAX_NAMED_COLUMNS;
  const stats = grouped ? columnStats(train, 1, train.length) : columnStats(train, names.length, rows);
  return (grouped ? ['all inputs'] : names).map((name, j) => ({
    name,
    mean: stats.mean[j] as number,
    deviation: stats.deviation[j] as number,
    min: stats.min[j] as number,
    max: stats.max[j] as number,
    nonFinite: 0,
  }));
}
