import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { CsvError, parse } from 'csv-parse';
import { ColumnBuilder } from './column-builder.js';
import { dataFileError, placeIn, requireUtf8, type DataFile } from './data-file.js';
import { MAX_CSV_ROW_LENGTH } from './limits.js';
import { headerProblem, type Table, type WantColumn } from './table.js';

const CHUNK_BYTES = 1 << 18;

/**
 * Reads a .csv or .tsv with a header row: quoted fields, CRLF, byte order mark; blank lines are skipped. Rows go
 * straight into columns, so memory stays near the size of the numbers.
 * Throws AppError `data-invalid` with the line of the first fault.
 */
export async function readCsv(file: DataFile, delimiter: ',' | '\t', want: WantColumn): Promise<Table> {
  const bytes = requireUtf8(file);
  const rows = new CsvRows(file, delimiter, want);
  const parser = parse({
    delimiter,
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: MAX_CSV_ROW_LENGTH,
    on_record: (record: string[], info) => {
      rows.add(record, info.lines);
      return null;
    },
  });
  parser.resume();
  try {
    await pipeline(chunksOf(bytes), parser);
  } catch (error) {
    throw error instanceof CsvError ? csvError(file, error) : error;
  }
  return rows.finish();
}

/** Slices with a pause between them: a stop must get through while a large file is read. */
async function* chunksOf(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    yield bytes.subarray(start, start + CHUNK_BYTES);
    await setImmediate();
  }
}

class CsvRows {
  private names: string[] | null = null;
  private columns: (ColumnBuilder | null)[] = [];
  private lines = new Uint32Array(256);
  private rows = 0;

  constructor(
    private readonly file: DataFile,
    private readonly delimiter: string,
    private readonly want: WantColumn,
  ) {}

  add(record: string[], line: number): void {
    if (this.names === null) return this.header(record, line);
    if (record.length !== this.names.length) {
      const action = 'Give every line one field per column; quote fields that contain the separator.';
      throw dataFileError(this.file, `Line ${line} has ${fields(record.length)}, the header has ${this.names.length}.`, action, line);
    }
    for (let i = 0; i < record.length; i++) this.columns[i]?.addCell(record[i] as string);
    if (this.rows === this.lines.length) {
      const grown = new Uint32Array(this.rows * 2);
      grown.set(this.lines);
      this.lines = grown;
    }
    this.lines[this.rows++] = line;
  }

  private header(record: string[], line: number): void {
    const names = record.map((name) => name.trim());
    const problem = headerProblem(names);
    if (problem !== null) throw dataFileError(this.file, problem.message, problem.action, line);
    const other = [';', '\t', ','].find((mark) => names.length === 1 && mark !== this.delimiter && names[0]?.includes(mark));
    if (other !== undefined) {
      const [mark, wanted] = [other, this.delimiter].map((m) => (m === '\t' ? 'tabs' : `"${m}"`));
      const action = this.delimiter === ',' && other === '\t' ? 'Rename it to .tsv.' : `Save it with ${wanted} as the separator.`;
      throw dataFileError(this.file, `The columns of "${this.file.name}" seem to be separated by ${mark}.`, action, line);
    }
    this.names = names;
    this.columns = names.map((name) => (this.want(name) ? new ColumnBuilder(name) : null));
  }

  finish(): Table {
    const { file, lines, names } = this;
    if (names === null) throw dataFileError(file, `The data file "${file.name}" has no header.`, 'Give a header line and rows of data.');
    if (this.rows === 0) {
      throw dataFileError(file, `The data file "${file.name}" has a header but no rows.`, 'Add rows of data below the header.', 1);
    }
    const columns = this.columns.flatMap((builder) => (builder === null ? [] : [builder.finish()]));
    return {
      rows: this.rows,
      place: placeIn(file),
      names,
      columns: new Map(columns.map((column) => [column.name, column])),
      where: (row) => ({ text: `line ${lines[row]}`, place: placeIn(file, lines[row]) }),
    };
  }
}

const fields = (count: number): string => `${count} ${count === 1 ? 'field' : 'fields'}`;

function csvError(file: DataFile, error: CsvError): Error {
  const line = typeof error['lines'] === 'number' ? error['lines'] : undefined;
  const [message, action] = CSV_FAULTS[error.code] ?? ['is not a readable table', 'Correct this line.'];
  return dataFileError(file, `Line ${line ?? '?'} of "${file.name}" ${message}.`, action, line, error);
}

const CSV_FAULTS: Partial<Record<string, [message: string, action: string]>> = {
  CSV_QUOTE_NOT_CLOSED: ['ends inside a quoted field', 'Close the quote.'],
  INVALID_OPENING_QUOTE: ['has a quote inside an unquoted field', 'Quote the whole field and double the quotes in it.'],
  CSV_INVALID_CLOSING_QUOTE: ['has text behind a closing quote', 'Quote the whole field and double the quotes in it.'],
  CSV_MAX_RECORD_SIZE: ['belongs to a row of more than 16 million characters', 'Look for a quote that is never closed.'],
};
