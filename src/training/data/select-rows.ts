import { AppError } from '../../config/app-error.js';
import type { DataConfig } from '../../config/data-schema.js';
import { createRandom } from '../random.js';
import { columnName, type Block, type RowPlace, type Source } from './source.js';

/** Row numbers of the source. */
export interface RowSplit {
  train: Int32Array;
  validation: Int32Array;
  /** All rows that were not dropped, before `limit`: what classes are learned on. */
  usable: Int32Array;
  /** Rows left out because of missing cells. */
  dropped: number;
}

/**
 * Decides which rows are used and how they are split, in this order: rows with missing cells (`missing`), shuffle
 * (seeded), the first `limit` rows, the last floor(rows * validationSplit) rows for validation.
 * With "mean", rows whose *target* is missing are dropped: a made-up target would teach the model nothing.
 * Throws AppError `data-invalid` for values beyond float32, for missing cells where that is an error, and where no row is left.
 */
export function selectRows(source: Source, data: DataConfig, seed: number): RowSplit {
  const drop = new Uint8Array(source.rows);
  checkBlocks(source.inputs, 'x', source, data, drop);
  checkBlocks(source.targets, 'y', source, data, drop);
  const usable = rowsWithout(drop);
  if (usable.length === 0) {
    throw new AppError(
      'data-invalid',
      `No row is left: each of the ${source.rows} rows has a missing cell.`,
      'Set "missing" to "mean", or leave the columns with missing cells out of "data.features".',
      source.place,
    );
  }
  const order = usable.slice();
  if (data.shuffle) createRandom(seed, 'data', 'shuffle').shuffle(order);
  const used = data.limit === undefined ? order : order.subarray(0, data.limit);
  const validationRows = Math.floor(used.length * data.validationSplit);
  if (validationRows >= used.length) {
    const message = `A "validationSplit" of ${data.validationSplit} leaves no row for training.`;
    throw new AppError('config-invalid', message, 'Give a share below 1.', { path: ['data', 'validationSplit'] });
  }
  const trainRows = used.length - validationRows;
  return { train: used.subarray(0, trainRows), validation: used.subarray(trainRows), usable, dropped: source.rows - usable.length };
}

function rowsWithout(drop: Uint8Array): Int32Array {
  const rows = new Int32Array(drop.length);
  let count = 0;
  for (let row = 0; row < drop.length; row++) if (drop[row] === 0) rows[count++] = row;
  return rows.subarray(0, count);
}

function checkBlocks(blocks: readonly Block[], part: 'x' | 'y', source: Source, data: DataConfig, drop: Uint8Array): void {
  let offset = 0;
  for (const block of blocks) {
    const first = offset;
    const at = (row: number, column: number): RowPlace => source.where(row, part, first + column);
    checkBlock(block, source.rows, data.missing === 'mean' && part === 'y' ? 'drop' : data.missing, at, drop);
    offset += block.width;
  }
}

type Where = (row: number, column: number) => RowPlace;

/** Checks all values of a block and marks the rows to drop. */
function checkBlock(block: Block, rows: number, missing: DataConfig['missing'], where: Where, drop: Uint8Array): void {
  const { values, width } = block;
  // Whole numbers are neither missing nor too large.
  if (!(values instanceof Float64Array || values instanceof Float32Array)) return;
  const count = rows * width;
  for (let i = 0; i < count; i++) {
    const value = Math.fround(values[i] as number);
    // False for NaN, Infinity and -Infinity alone.
    if (value - value === 0) continue;
    const row = Math.floor(i / width);
    if (!Number.isNaN(value)) throw hugeValueError(block, values[i] as number, i % width, where(row, i % width));
    if (missing === 'error') throw missingError(block, i % width, where(row, i % width));
    if (missing === 'drop') drop[row] = 1;
  }
}

function missingError(block: Block, column: number, { text, place }: RowPlace): AppError {
  return new AppError(
    'data-invalid',
    `Column "${columnName(block, column)}" has no number in ${text} (empty, NA, NaN or null).`,
    'Set "data.missing" to "drop" or "mean", or fill the cell.',
    place,
  );
}

function hugeValueError(block: Block, value: number, column: number, { text, place }: RowPlace): AppError {
  const infinite = Number.isFinite(value) ? `${value}, beyond the largest float32 (3.4e38)` : `${value}`;
  return new AppError(
    'data-invalid',
    `Column "${columnName(block, column)}" has ${infinite}, in ${text}.`,
    'Correct the value, or remove the row.',
    place,
  );
}
