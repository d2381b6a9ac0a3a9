/** A series of a run, one number per row. */
export type Column = Float64Array | Float32Array;

/** Where a series lies in a table that holds several in each row. */
export interface Lane {
  /** Numbers from one row to the next. */
  stride: number;
  /** Place of the series in a row. */
  offset: number;
}

const ALONE: Lane = { stride: 1, offset: 0 };

/**
 * Thins rows of a series in place: of each of `groups` groups of `size` rows from row `from` on, two stay, those with the
 * smallest and the largest value, in the order in which they came. What is no number counts as larger than any number, NaN
 * as larger than infinity, so no spike of a series is ever lost. Each series keeps rows of its own: a thinned row no longer
 * is one step of all series.
 */
export function thinRows(column: Column, from: number, groups: number, size: number, { stride, offset }: Lane = ALONE): void {
  for (let g = 0; g < groups; g++) {
    const start = offset + (from + g * size) * stride;
    const end = start + size * stride;
    let least = start;
    let most = start;
    let low = column[start] as number;
    let high = low;
    for (let at = start + stride; at < end; at += stride) {
      const value = column[at] as number;
      if (isLarger(value, high)) {
        high = value;
        most = at;
      } else if (isLarger(low, value)) {
        low = value;
        least = at;
      }
    }
    const to = offset + (from + 2 * g) * stride;
    column[to] = least <= most ? low : high;
    column[to + stride] = least <= most ? high : low;
  }
}

/** The same for a series that only rises, like the step: the first row of each half stays. */
export function thinSteps(column: Column, from: number, groups: number, size: number): void {
  for (let g = 0; g < groups; g++) {
    const start = from + g * size;
    const to = from + 2 * g;
    const [first, second] = [column[start] as number, column[start + (size >> 1)] as number];
    column[to] = first;
    column[to + 1] = second;
  }
}

function isLarger(a: number, b: number): boolean {
  return a > b || (a !== a && b === b);
}
