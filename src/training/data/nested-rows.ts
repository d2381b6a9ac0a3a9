import { AppError } from '../../config/app-error.js';
import { ColumnBuilder } from './column-builder.js';
import { MAX_AXES, MAX_VALUES } from './limits.js';
import { sizeOf, type Block, type RowPlace } from './source.js';
import { refuseOddCell } from './table.js';

/** Rows given as nested arrays: their columns, and the shape of one row. */
export interface NestedRows {
  rows: number;
  shape: readonly number[];
  blocks: Block[];
}

/**
 * Reads nested arrays, one entry per row. Rows that are single values or flat lists become columns typed by their
 * content (numbers, text, booleans; null is missing); deeper rows must be numbers.
 * `where` gives the place of a row. Throws AppError `data-invalid`: no rows, ragged, text where numbers must be.
 */
export function readNested(values: unknown, name: string, where: (row: number, column: number | null) => RowPlace): NestedRows {
  if (!isList(values)) throw new AppError('data-invalid', `"${name}" is not an array.`, 'Give one entry per row.', where(0, null).place);
  if (values.length === 0) throw new AppError('data-invalid', `"${name}" has no rows.`, 'Give one entry per row.', where(0, null).place);
  const shape = shapeOf(values[0]);
  const width = sizeOf(shape);
  const entries = width * values.length;
  if (entries > MAX_VALUES) {
    throw new AppError(
      'data-invalid',
      `"${name}" has ${entries} entries; the limit is ${MAX_VALUES}.`,
      'Give fewer rows.',
      where(0, null).place,
    );
  }
  const fault = (row: number, fault: string, action: string): AppError => {
    const { text, place } = where(row, null);
    return new AppError('data-invalid', `In "${name}", ${text} ${fault}.`, action, place);
  };
  const rowShape = shape.length === 0 ? [1] : shape;
  const wanted = `[${shape.join(', ')}]`;
  const flatten = (row: number, add: (value: unknown, column: number) => void): void => {
    let column = 0;
    const walk = (value: unknown, axis: number): void => {
      if (axis === shape.length) {
        if (isList(value))
          throw fault(row, `is nested deeper than the first row, whose shape is ${wanted}`, 'Give all rows the same shape.');
        return add(value, column++);
      }
      if (!isList(value) || value.length !== shape[axis]) {
        throw fault(row, `does not have the shape ${wanted} of the first row`, 'Give all rows the same shape.');
      }
      for (let i = 0; i < value.length; i++) walk(value[i], axis + 1);
    };
    walk(values[row], 0);
  };
  if (shape.includes(0)) throw fault(0, 'is empty', 'Give at least one value per row.');
  if (shape.length > 1) return { rows: values.length, shape, blocks: [numberBlock()] };

  const builders = Array.from({ length: width }, (_, i) => new ColumnBuilder(width === 1 ? name : `${name}${i}`));
  for (let row = 0; row < values.length; row++) {
    flatten(row, (value, column) => {
      if (!addValue(builders[column] as ColumnBuilder, value)) {
        throw fault(row, 'has an entry that is neither number, text, boolean nor null', 'Give plain values.');
      }
    });
  }
  const blocks = builders.map((builder, column) => {
    const finished = builder.finish();
    refuseOddCell(finished, (row) => where(row, column));
    return finished;
  });
  return { rows: values.length, shape: rowShape, blocks };

  function numberBlock(): Block {
    const numbers = new Float64Array(entries);
    for (let row = 0; row < (values as ArrayLike<unknown>).length; row++) {
      flatten(row, (value, column) => {
        const missing = value === null;
        if (typeof value !== 'number' && typeof value !== 'boolean' && !missing) {
          throw fault(row, 'has an entry that is not a number', 'Rows of more than one axis must be numbers.');
        }
        numbers[row * width + column] = missing ? NaN : Number(value);
      });
    }
    return { name, kind: 'number', width, values: numbers, categories: [] };
  }
}

function addValue(builder: ColumnBuilder, value: unknown): boolean {
  if (typeof value === 'number') builder.addNumber(value);
  else if (typeof value === 'string') builder.addCell(value);
  else if (typeof value === 'boolean') builder.addText(String(value));
  else if (typeof value === 'bigint') builder.addNumber(Number(value));
  else if (value === null) builder.addNumber(NaN);
  else return false;
  return true;
}

/** An array or a typed array. */
function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function shapeOf(row: unknown): number[] {
  const shape: number[] = [];
  for (let value = row; isList(value) && shape.length < MAX_AXES; value = value[0]) shape.push(value.length);
  return shape;
}
