import { AppError, type ErrorPlace } from '../../config/app-error.js';
import type { DataConfig } from '../../config/data-schema.js';
import type { NumberArray } from './read-npy.js';
import { sizeOf, type Block, type RowPlace, type Source } from './source.js';

/** How the two arrays are called in messages and where they come from. */
export interface ArrayOrigin {
  x: string;
  y: string;
  place: ErrorPlace;
}

/**
 * A source from an array of inputs and an array of targets, one row per entry of their first axes.
 * Throws AppError `data-invalid` where they have different numbers of rows, no axis, or text beside other columns.
 */
export function sourceFromArrays(x: NumberArray, y: NumberArray, origin: ArrayOrigin): Source {
  const fail = (fault: string, action: string): never => {
    throw new AppError('data-invalid', fault, action, origin.place);
  };
  for (const [array, name] of [[x, origin.x], [y, origin.y]] as const) {
    if (array.shape.length === 0) fail(`The array ${name} is a single number.`, 'Give one entry per row.');
    if (array.categories !== null && sizeOf(array.shape.slice(1)) !== 1) {
      fail(`The array ${name} has several columns of text.`, 'Give text as one column, or as numbers.');
    }
  } // prettier-ignore
  const [rows, targetRows] = [x.shape[0] as number, y.shape[0] as number];
  if (rows !== targetRows) {
    fail(`${origin.x} has ${rows} rows, ${origin.y} has ${targetRows}.`, 'Give one target row per input row.');
  }
  const rowShape = (array: NumberArray): readonly number[] => (array.shape.length === 1 ? [1] : array.shape.slice(1));
  return {
    place: origin.place,
    rows,
    inputs: [blockOf(x, 'x')],
    inputShape: rowShape(x),
    targets: [blockOf(y, 'y')],
    targetShape: rowShape(y),
    where: (row): RowPlace => ({ text: `row ${row + 1}`, place: origin.place }),
  };
}

function blockOf(array: NumberArray, name: string): Block {
  const width = sizeOf(array.shape.slice(1));
  const kind = array.categories !== null ? 'text' : array.boolean && width === 1 ? 'boolean' : 'number';
  return { name, kind, width, values: array.values, categories: array.categories ?? [] };
}

/** Throws AppError `config-invalid` for the keys that pick columns of tables, where the source has no columns to pick. */
export function refuseColumnKeys(
  data: DataConfig,
  source: string,
  keys: readonly ('features' | 'target')[] = ['features', 'target'],
): void {
  for (const key of keys) {
    if (data[key] === undefined) continue;
    throw new AppError('config-invalid', `"data.${key}" picks columns of a table; ${source} has none.`, 'Remove this key.', {
      path: ['data', key],
    });
  }
}
