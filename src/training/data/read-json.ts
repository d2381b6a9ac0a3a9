import { parse as parseJsonc, type ParseError } from 'jsonc-parser';
import { AppError } from '../../config/app-error.js';
import { ColumnBuilder } from './column-builder.js';
import { dataFileError, placeIn, requireUtf8, type DataFile } from './data-file.js';
import type { RowPlace } from './source.js';
import { headerProblem, type Table, type WantColumn } from './table.js';

/** Reads a .json file: one array of objects, one per row. Throws AppError `data-invalid`; syntax errors name the line. */
export function readJson(file: DataFile, want: WantColumn): Table {
  const text = requireUtf8(file).toString('utf8');
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch (error) {
    const line = syntaxErrorLine(text);
    throw dataFileError(file, `Line ${line} of "${file.name}" is not valid JSON.`, 'Correct this line.', line, error);
  }
  if (!Array.isArray(rows)) {
    throw dataFileError(file, `The data file "${file.name}" is not an array of objects.`, 'Write it as [{"column": value, ...}, ...].');
  }
  const table = new ObjectRows(want, (row) => ({ text: `row ${row + 1}`, place: placeIn(file) }));
  for (const row of rows) table.add(row);
  return table.finish(file);
}

/** Reads a .jsonl file: one object per line; blank lines are skipped. Throws AppError `data-invalid` with the line. */
export function readJsonl(file: DataFile, want: WantColumn): Table {
  const bytes = requireUtf8(file);
  const lines: number[] = [];
  const table = new ObjectRows(want, (row) => ({
    text: `line ${lines[row]}`,
    place: placeIn(file, lines[row]),
  }));
  for (let start = 0, line = 1; start < bytes.length; line++) {
    const end = bytes.indexOf(10, start);
    const stop = end === -1 ? bytes.length : end;
    const text = bytes.toString('utf8', start, stop).trim();
    start = stop + 1;
    if (text === '') continue;
    let row: unknown;
    try {
      row = JSON.parse(text);
    } catch (error) {
      throw dataFileError(file, `Line ${line} of "${file.name}" is not valid JSON.`, 'Write one object per line.', line, error);
    }
    lines.push(line);
    table.add(row);
  }
  return table.finish(file);
}

function syntaxErrorLine(text: string): number {
  const errors: ParseError[] = [];
  parseJsonc(text, errors, { disallowComments: true });
  const offset = errors[0]?.offset ?? text.length;
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** Columns from objects; a key an object lacks is a missing cell. */
class ObjectRows {
  private readonly builders = new Map<string, ColumnBuilder>();
  private readonly names = new Set<string>();
  private rows = 0;

  constructor(
    private readonly want: WantColumn,
    private readonly where: (row: number) => RowPlace,
  ) {}

  add(row: unknown): void {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      throw this.error(`is not an object`, 'Write each row as {"column": value, ...}.');
    }
    for (const [name, value] of Object.entries(row)) {
      this.names.add(name);
      if (this.want(name)) this.addValue(name, value);
    }
    this.rows++;
    for (const builder of this.builders.values()) builder.padTo(this.rows);
  }

  private addValue(name: string, value: unknown): void {
    let builder = this.builders.get(name);
    if (builder === undefined) {
      builder = new ColumnBuilder(name);
      builder.padTo(this.rows);
      this.builders.set(name, builder);
    }
    if (typeof value === 'number') builder.addNumber(value);
    else if (value === null) builder.addNumber(NaN);
    else if (typeof value === 'string') builder.addCell(value);
    else if (typeof value === 'boolean') builder.addText(String(value));
    else throw this.error(`has nested values in "${name}"`, 'Give each cell one number, text, true, false or null.');
  }

  private error(fault: string, action: string): AppError {
    const { text, place } = this.where(this.rows);
    return new AppError('data-invalid', `In the data, ${text} ${fault}.`, action, place);
  }

  finish(file: DataFile): Table {
    const problem = headerProblem([...this.names]);
    if (problem !== null) throw dataFileError(file, problem.message, problem.action);
    if (this.rows === 0) throw dataFileError(file, `The data file "${file.name}" has no rows.`, 'Add rows of data.');
    const columns = new Map([...this.builders].map(([name, builder]) => [name, builder.finish()]));
    return { rows: this.rows, place: placeIn(file), names: [...this.names], columns, where: this.where };
  }
}
