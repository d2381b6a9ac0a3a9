import { AppError } from '../../config/app-error.js';
import type { DataConfig } from '../../config/data-schema.js';
import { refuseColumnKeys } from './array-source.js';
import { readNested } from './nested-rows.js';
import type { RowPlace, Source } from './source.js';

/** The rows written in the config. Throws AppError `data-invalid` whose place is the config path of the entry. */
export function readInline(inline: NonNullable<DataConfig['inline']>, data: DataConfig): Source {
  refuseColumnKeys(data, 'inline data');
  const where = (row: number, part: 'x' | 'y', column: number | null): RowPlace => {
    const entry = inline[part][row];
    const path = ['data', 'inline', part, row, ...(column !== null && Array.isArray(entry) && column < entry.length ? [column] : [])];
    return { text: `row ${row + 1}`, place: { path } };
  };
  const x = readNested(inline.x, 'x', (row, column) => where(row, 'x', column));
  const y = readNested(inline.y, 'y', (row, column) => where(row, 'y', column));
  if (x.rows !== y.rows) {
    throw new AppError('data-invalid', `"x" has ${x.rows} rows, "y" has ${y.rows}.`, 'Give one target per input row.', {
      path: ['data', 'inline', 'y'],
    });
  }
  return {
    place: { path: ['data', 'inline'] },
    rows: x.rows,
    inputs: x.blocks,
    inputShape: x.shape,
    targets: y.blocks,
    targetShape: y.shape,
    where,
  };
}
