import type { DataConfig } from '../../config/data-schema.js';
import type { Column } from './column-builder.js';
import { dataFileError, placeIn, type DataFile } from './data-file.js';
import { readNpy } from './read-npy.js';
import type { Source } from './source.js';
import { selectColumns, wantedColumns } from './table.js';

/**
 * Reads a single .npy as a table: an array of rows x columns whose columns are named "0", "1", ... The target is the
 * last column unless the config names it. Throws AppError `data-invalid`.
 */
export function readNpyTable(file: DataFile, data: DataConfig): Source {
  const array = readNpy(file.bytes, 'in the file', file);
  const [rows, width] = array.shape;
  if (rows === undefined || width === undefined || array.shape.length !== 2) {
    const message = `The array of "${file.name}" has ${array.shape.length} axes instead of rows and columns.`;
    throw dataFileError(file, message, 'Save inputs and targets with numpy.savez(file, x=..., y=...).');
  }
  const names = Array.from({ length: width }, (_, i) => String(i));
  const want = wantedColumns(data);
  const last = String(width - 1);
  const columns = new Map<string, Column>();
  names.forEach((name, j) => {
    if (!want(name) && name !== last) return;
    const values = new Float64Array(rows);
    for (let i = 0; i < rows; i++) values[i] = array.values[i * width + j] as number;
    const kind = array.categories !== null ? 'text' : array.boolean ? 'boolean' : 'number';
    columns.set(name, { name, kind, width: 1, values, categories: array.categories ?? [], oddCell: null });
  });
  const table = {
    rows,
    place: placeIn(file),
    names,
    columns,
    where: (row: number) => ({ text: `row ${row + 1}`, place: placeIn(file) }),
  };
  return selectColumns(table, data, last);
}
