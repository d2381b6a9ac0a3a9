import { AppError, type ErrorPlace } from '../../config/app-error.js';
import type { DataConfig } from '../../config/data-schema.js';
import type { Column } from './column-builder.js';
import { listNames, suggestName } from './suggest-name.js';
import type { RowPlace, Source } from './source.js';

/** Named columns of equal length. */
export interface Table {
  rows: number;
  place: ErrorPlace;
  /** All column names, also of columns that were not read. */
  names: readonly string[];
  /** The columns that were read, by name. */
  columns: ReadonlyMap<string, Column>;
  where: (row: number) => RowPlace;
}

/** Whether a reader should keep a column. */
export type WantColumn = (name: string) => boolean;

/** The columns a config uses: its features and targets, or all where it names no features. */
export function wantedColumns(data: DataConfig): WantColumn {
  if (data.features === undefined) return () => true;
  const wanted = new Set([...data.features, ...(targetNames(data) ?? [])]);
  return (name) => wanted.has(name);
}

function targetNames(data: DataConfig): string[] | null {
  if (data.target === undefined) return null;
  if (typeof data.target === 'string') return [data.target];
  if (Array.isArray(data.target)) return data.target;
  throw new AppError(
    'config-invalid',
    'The form {"x": ..., "y": ...} of "data.target" is for .npz files.',
    'Name the target column of the table instead.',
    { path: ['data', 'target'] },
  );
}

/**
 * Takes the features and targets of a config out of a table. Features default to every column but the target; the
 * target must be named unless `defaultTarget` gives one.
 * Throws AppError `config-invalid` (unknown or doubled column, target among the features, none left), naming the
 * nearest column, and `data-invalid` for a slip of text in a numeric column, naming its line.
 */
export function selectColumns(table: Table, data: DataConfig, defaultTarget?: string): Source {
  const targets = targetNames(data) ?? (defaultTarget === undefined ? null : [defaultTarget]);
  if (targets === null) {
    throw new AppError('config-invalid', 'The data has no target.', `Add "target" with a column name: ${listNames(table.names)}.`, {
      path: ['data'],
    });
  }
  const list = Array.isArray(data.target);
  checkNames(targets, table, (i) => ['data', 'target', ...(list ? [i] : [])]);
  const features = data.features ?? table.names.filter((name) => !targets.includes(name));
  checkNames(features, table, (i) => ['data', 'features', i]);
  const shared = features.findIndex((name) => targets.includes(name));
  if (shared !== -1) {
    throw new AppError(
      'config-invalid',
      `The target "${features[shared]}" is among the features: the model would be given the answer.`,
      'Remove it from "data.features".',
      { path: ['data', 'features', shared] },
    );
  }
  if (features.length === 0) {
    throw new AppError(
      'config-invalid',
      'No column is left for the inputs: every column is a target.',
      'Give a table with more columns, or fewer targets.',
      { path: ['data', 'target'] },
    );
  }
  const take = (name: string): Column => {
    const column = table.columns.get(name);
    if (column === undefined) throw new Error(`column ${name} was not read`);
    refuseOddCell(column, table.where);
    return column;
  };
  return {
    place: table.place,
    rows: table.rows,
    inputs: features.map(take),
    inputShape: [features.length],
    targets: targets.map(take),
    targetShape: [targets.length],
    where: (row) => table.where(row),
  };
}

function checkNames(names: readonly string[], table: Table, pathOf: (i: number) => (string | number)[]): void {
  names.forEach((name, i) => {
    if (!table.names.includes(name)) {
      throw new AppError('config-invalid', `The data has no column "${name}".`, suggestName(name, table.names), { path: pathOf(i) });
    }
    if (names.indexOf(name) !== i) {
      throw new AppError('config-invalid', `The column "${name}" is named twice.`, 'Remove one.', { path: pathOf(i) });
    }
  });
}

/** Throws AppError `data-invalid` for a column of numbers that has text in a few cells, naming the first of them. */
export function refuseOddCell({ name, oddCell }: Column, where: (row: number) => RowPlace): void {
  if (oddCell === null) return;
  const { text, place } = where(oddCell.row);
  throw new AppError(
    'data-invalid',
    `Column "${name}" has numbers, but ${text} has the text "${oddCell.text.slice(0, 40)}".`,
    'Correct the cell, leave it empty if the value is missing, or leave the column out of "data.features".',
    place,
  );
}

/** Longer names are most likely data that was taken for a header. */
const MAX_NAME_LENGTH = 200;

/** What is wrong with column names (one is empty, overlong or occurs twice), and what to do; null where nothing is. */
export function headerProblem(names: readonly string[]): { message: string; action: string } | null {
  const empty = names.findIndex((name) => name === '');
  if (empty !== -1)
    return { message: `Column ${empty + 1} has no name in the header.`, action: 'Give every column a name in the first line.' };
  const long = names.findIndex((name) => name.length > MAX_NAME_LENGTH);
  if (long !== -1) {
    const length = names[long]?.length ?? 0;
    return {
      message: `The name of column ${long + 1} has ${length} characters.`,
      action: 'Give names in the first line of the file, and shorter ones.',
    };
  }
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) return { message: `The header names the column "${name.slice(0, 40)}" twice.`, action: 'Rename one of them.' };
    seen.add(name);
  }
  return null;
}
