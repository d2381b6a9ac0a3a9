/** A series of a run, one number per row. */
export type Column = Float64Array | Float32Array;

/**
 * Thins rows of a series in place: of each of `groups` groups of `size` rows from row `from` on, two stay, those with the
 * smallest and the largest value, in the order in which they came. What is no number counts as larger than any number, NaN
 * as larger than infinity, so no spike of a series is ever lost. Each series keeps rows of its own: a thinned row no longer
 * is one step of all series.
 */
export function thinRows(column: Column, from: number, groups: number, size: number): void {
  for (let g = 0; g < groups; g++) {
    const start = from + g * size;
    let least = start;
    let most = start;
    let low = column[start] as number;
    let high = low;
    for (let row = start + 1; row < start + size; row++) {
      const value = column[row] as number;
      if (isLarger(value, high)) {
        high = value;
        most = row;
      } else if (isLarger(low, value)) {
        low = value;
        least = row;
      }
    }
    const to = from + 2 * g;
    column[to] = least <= most ? low : high;
    column[to + 1] = least <= most ? high : low;
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
