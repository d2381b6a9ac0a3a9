import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { parquetMetadataAsync, parquetRead, parquetSchema, type Compressors } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { AppError } from '../../config/app-error.js';
import { ColumnBuilder } from './column-builder.js';
import { dataFileError, placeIn, type DataFile } from './data-file.js';
import { MAX_UNPACKED_BYTES } from './limits.js';
import { checkPages } from './parquet-pages.js';
import { headerProblem, type Table, type WantColumn } from './table.js';

/**
 * Reads a .parquet of flat columns (numbers, text, booleans, dates as ISO text), compressed with any codec of the format.
 * Throws AppError `data-invalid`.
 */
export async function readParquet(file: DataFile, want: WantColumn): Promise<Table> {
  try {
    return await readColumns(file, want);
  } catch (error) {
    if (AppError.is(error)) throw error;
    // The reader's own sentences help; what a broken file makes of its inner workings does not.
    const known = error instanceof Error && error.message.startsWith('parquet ') ? ` (${error.message.slice(0, 120)})` : '';
    throw dataFileError(file, `The data file "${file.name}" is not a readable .parquet${known}.`, 'Write it again.', undefined, error);
  }
}

async function readColumns(file: DataFile, want: WantColumn): Promise<Table> {
  const { bytes } = file;
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const metadata = await parquetMetadataAsync(buffer);
  checkPages(buffer, metadata);
  const fields = parquetSchema(metadata).children;
  const names = fields.map((field) => field.element.name);
  const problem = headerProblem(names);
  if (problem !== null) throw dataFileError(file, problem.message, problem.action);
  const nested = fields.find((field) => want(field.element.name) && field.children.length > 0)?.element.name;
  if (nested !== undefined) {
    throw dataFileError(
      file,
      `Column "${nested}" of "${file.name}" has nested values.`,
      'Leave it out of "data.features", or write flat columns.',
    );
  }
  const kept = names.filter(want);
  const chunks = new Map<string, { rowStart: number; data: ArrayLike<unknown> }[]>(kept.map((name) => [name, []]));
  await parquetRead({
    file: buffer,
    metadata,
    columns: kept,
    compressors: guarded(),
    onChunk: ({ columnName, columnData, rowStart }) => chunks.get(columnName)?.push({ rowStart, data: columnData as ArrayLike<unknown> }),
  });
  const columns = kept.map((name) => {
    const builder = new ColumnBuilder(name);
    // Row groups can be read in any order.
    const parts = (chunks.get(name) ?? []).sort((a, b) => a.rowStart - b.rowStart);
    for (const { data } of parts) for (let i = 0; i < data.length; i++) addValue(builder, data[i], file);
    return builder.finish();
  });
  const rows = columns[0]?.values.length ?? Number(metadata.num_rows);
  if (columns.some((column) => column.values.length !== rows)) {
    throw dataFileError(file, `The columns of "${file.name}" have different lengths.`, 'Write it again.');
  }
  if (rows === 0) throw dataFileError(file, `The data file "${file.name}" has no rows.`, 'Write a table with rows.');
  return {
    rows,
    place: placeIn(file),
    names,
    columns: new Map(columns.map((column) => [column.name, column])),
    where: (row) => ({ text: `row ${row + 1}`, place: placeIn(file) }),
  };
}

function addValue(builder: ColumnBuilder, value: unknown, file: DataFile): void {
  if (typeof value === 'number') builder.addNumber(value);
  else if (typeof value === 'bigint') builder.addNumber(Number(value));
  else if (typeof value === 'string') builder.addCell(value);
  else if (typeof value === 'boolean') builder.addText(String(value));
  else if (value === null || value === undefined) builder.addNumber(NaN);
  else if (value instanceof Date) builder.addCell(Number.isNaN(value.getTime()) ? '' : value.toISOString());
  else {
    const message = `Column "${builder.name}" of "${file.name}" has values that are neither numbers, text nor booleans.`;
    throw dataFileError(file, message, 'Leave it out of "data.features".');
  }
}

/** The decompressors, each refusing a page that claims to unpack to more than the stated limit. */
function guarded(): Compressors {
  const limit = { maxOutputLength: MAX_UNPACKED_BYTES };
  // Node's own where it has one: they keep to the limit whatever the page claims.
  const all: Compressors = {
    ...compressors,
    BROTLI: (input) => brotliDecompressSync(input, limit),
    GZIP: (input) => gunzipSync(input, limit),
  };
  return Object.fromEntries(
    Object.entries(all).map(([codec, unpack]) => [
      codec,
      (input: Uint8Array, length: number) => {
        if (length > MAX_UNPACKED_BYTES) throw new Error(`a page claims to unpack to ${length} bytes`);
        return unpack(input, length);
      },
    ]),
  );
}
