import type { ErrorPlace } from '../../config/app-error.js';

export type Numbers = Float64Array | Float32Array | Int32Array | Uint32Array | Int16Array | Uint16Array | Int8Array | Uint8Array;

/** Columns of one kind as they were read: not yet scaled or encoded. */
export interface Block {
  /** Name of the column, or of the array for a block of several columns. */
  name: string;
  kind: 'number' | 'boolean' | 'text';
  /** Columns of the block; 1 unless the kind is number. */
  width: number;
  /** rows x width, row-major. NaN is a missing cell; boolean: 0 or 1; text: index into `categories`. */
  values: Numbers;
  /** The different texts of a text block, in order of appearance; else empty. */
  categories: readonly string[];
}

/** Where a row is, for messages and for the editor. */
export interface RowPlace {
  /** "line 12" or "row 3", counted from 1. */
  text: string;
  place: ErrorPlace;
}

/** What a data source gives: rows of inputs and targets, untouched. */
export interface Source {
  /** Of the source as a whole. */
  place: ErrorPlace;
  rows: number;
  inputs: Block[];
  /** Shape of one input row; its product is the sum of the widths, where no block is text. */
  inputShape: readonly number[];
  targets: Block[];
  targetShape: readonly number[];
  /** Place of a row, or of one of its columns (counted over all blocks of the part), where the source can tell. */
  where(row: number, part: 'x' | 'y', column: number | null): RowPlace;
}

/** Name of one column of a block: the block's own, or with the number of the column behind it. */
export function columnName(block: Block, column: number): string {
  return block.width === 1 ? block.name : `${block.name}${column}`;
}

/** Product of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
