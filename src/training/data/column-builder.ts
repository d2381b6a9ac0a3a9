import type { Block } from './source.js';

/** A column of a table. */
export interface Column extends Block {
  width: 1;
  /** First cell that is not a number in a column whose cells are mostly numbers: most likely a slip, not a class. */
  oddCell: { row: number; text: string } | null;
}

const MISSING = new Set(['', 'NA', 'N/A', 'n/a', 'NaN', 'nan', 'NAN', 'null', 'NULL', 'Null']);
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

/**
 * Collects the cells of one column and types it by its content: number where all cells are numbers, boolean where all
 * are true or false, else text. Cells without content (empty, NA, NaN, null) are missing and stored as NaN.
 * Numbers go straight into a growing array; only a column that has text keeps a dictionary.
 */
export class ColumnBuilder {
  private values = new Float64Array(256);
  private rows = 0;
  private numbers = 0;
  private texts = 0;
  private firstText: { row: number; text: string } | null = null;
  /** Code of each text, from the first text on. */
  private codes: Map<string, number> | null = null;

  constructor(readonly name: string) {}

  /** A cell of a text file: a number, a text or missing, by its content. */
  addCell(cell: string): void {
    const value = parseNumber(cell);
    if (value !== null) this.addNumber(value);
    else this.addText(cell.trim());
  }

  /** A number; NaN is a missing cell. */
  addNumber(value: number): void {
    if (Number.isNaN(value)) return this.push(NaN);
    this.numbers++;
    this.push(this.codes === null ? value : this.codeOf(String(value)));
  }

  addText(text: string): void {
    if (this.codes === null) this.becomeText();
    this.texts++;
    this.firstText ??= { row: this.rows, text };
    this.push(this.codeOf(text));
  }

  /** Missing cells up to a row, for tables whose rows can lack a column. */
  padTo(rows: number): void {
    while (this.rows < rows) this.push(NaN);
  }

  finish(): Column {
    const column = { name: this.name, width: 1 as const, values: this.values.subarray(0, this.rows), categories: [], oddCell: null };
    if (this.codes === null) return { ...column, kind: 'number' };
    const categories = [...this.codes.keys()];
    if (categories.every((text) => /^(true|false)$/i.test(text))) {
      const bits = categories.map((text) => (text.toLowerCase() === 'true' ? 1 : 0));
      for (let i = 0; i < this.rows; i++) {
        const code = column.values[i] as number;
        if (!Number.isNaN(code)) column.values[i] = bits[code] as number;
      }
      return { ...column, kind: 'boolean' };
    }
    return { ...column, kind: 'text', categories, oddCell: this.texts < this.numbers ? this.firstText : null };
  }

  private push(value: number): void {
    if (this.rows === this.values.length) {
      const grown = new Float64Array(Math.ceil(this.rows * 1.5));
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.rows++] = value;
  }

  private codeOf(text: string): number {
    const codes = this.codes as Map<string, number>;
    let code = codes.get(text);
    if (code === undefined) codes.set(text, (code = codes.size));
    return code;
  }

  /** The numbers so far become texts too, written the shortest way. */
  private becomeText(): void {
    this.codes = new Map();
    for (let i = 0; i < this.rows; i++) {
      const value = this.values[i] as number;
      if (!Number.isNaN(value)) this.values[i] = this.codeOf(String(value));
    }
  }
}

/** The number in a cell; NaN where the cell is missing, null where it is text. */
function parseNumber(cell: string): number | null {
  const first = cell.charCodeAt(0);
  // Most cells start with a digit, a sign or a point: one conversion decides.
  if ((first >= 48 && first <= 57) || first === 45 || first === 43 || first === 46) {
    const value = Number(cell);
    if (!Number.isNaN(value)) return value;
  }
  const text = cell.trim();
  if (MISSING.has(text)) return NaN;
  const infinite = INFINITE.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity;
  const value = Number(text);
  return Number.isNaN(value) ? null : value;
}
