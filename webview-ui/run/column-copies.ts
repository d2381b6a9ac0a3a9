import { ABSENT } from '../../src/telemetry/frame-batch.js';
import { inFourBytes } from '../../src/telemetry/page-frames.js';

/** Copies every `stride`-th number from `first` on, times a factor, to the rows of a column from `row` on. */
export function copyStrided(
  source: Float64Array,
  first: number,
  stride: number,
  to: Float32Array,
  row: number,
  rows: number,
  factor: number,
): void {
  // prettier-ignore
  for (let i = 0, at = first; i < rows; i++, at += stride) {
    const value = (source[at] as number) * factor;
    to[row + i] = inFourBytes(value);
  }
}

/** The same for a figure that is not measured at every step: the last measured one is held. */
export function copyHeld(source: Float64Array, first: number, stride: number, to: Float32Array, row: number, rows: number): void {
  let held = row === 0 ? ABSENT : (to[row - 1] as number);
  for (let i = 0, at = first; i < rows; i++, at += stride) {
    const value = source[at] as number;
    if (value !== ABSENT) held = value;
    to[row + i] = held;
  }
}

/** Repeats the last measured value where none was measured, in the first `count` rows. */
export function hold(column: Float32Array, count: number): void {
  for (let row = 1; row < count; row++) if (column[row] === ABSENT) column[row] = column[row - 1] as number;
}
