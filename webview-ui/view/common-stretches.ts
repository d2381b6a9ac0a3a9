import type { Column } from '../../src/telemetry/thin-rows.js';
import type { RunStore } from '../run/run-store.js';

/** Rows of one run and those of another that stand for the same steps; ends are not included. */
export interface Stretch {
  a: readonly [from: number, to: number];
  b: readonly [from: number, to: number];
}

/**
 * The stretches of steps that both runs have, ascending: a step each; where the rows of one are thinned, the steps of a pair of
 * them, which holds the smallest and the largest value of each series.
 */
export function commonStretches(a: RunStore, b: RunStore): Stretch[] {
  const stretches: Stretch[] = [];
  for (let i = 0, j = 0; i < a.count && j < b.count;) {
    const [stepA, stepB] = [a.step[i] as number, b.step[j] as number];
    if (stepA < stepB) i = afterUnit(a, i);
    else if (stepA > stepB) j = afterUnit(b, j);
    else {
      const [endA, endB] = commonEnd(a, i, b, j);
      if (!endsWithin(a, endA, b, endB) && !endsWithin(b, endB, a, endA)) stretches.push({ a: [i, endA], b: [j, endB] });
      [i, j] = [endA, endB];
    }
  }
  return stretches;
}

/** Smallest and largest value of some rows; NaN counts as largest. */
export function extremes(column: Column, [from, to]: readonly [number, number]): [low: number, high: number] {
  let low = column[from] as number;
  let high = low;
  for (let row = from + 1; row < to; row++) {
    const value = column[row] as number;
    if (value > high || value !== value) high = value;
    if (value < low || low !== low) low = value;
  }
  return [low, high];
}

/** Rows at which stretches that begin at the given rows end in both runs. */
function commonEnd(a: RunStore, i: number, b: RunStore, j: number): [number, number] {
  let [endA, endB] = [afterUnit(a, i), afterUnit(b, j)];
  for (;;) {
    const end = Math.max(stepAfter(a, endA), stepAfter(b, endB));
    const [nextA, nextB] = [rowFrom(a, endA, end), rowFrom(b, endB, end)];
    if (nextA === endA && nextB === endB) return [endA, endB];
    [endA, endB] = [nextA, nextB];
  }
}

/** Whether a run ends within a stretch that goes on in the other. */
function endsWithin(run: RunStore, row: number, other: RunStore, otherRow: number): boolean {
  return row === run.count && stepAfter(other, otherRow) > stepAfter(run, row);
}

/** Thinned rows stand in pairs. */
function afterUnit({ thinned, count }: RunStore, row: number): number {
  return Math.min(count, row + (row < thinned ? 2 : 1));
}

/** First step that is not of the unit that ends before a row. */
function stepAfter(store: RunStore, row: number): number {
  if (row > store.thinned) return (store.step[row - 1] as number) + 1;
  return row < store.count ? (store.step[row] as number) : store.lastStep + 1;
}

/** First row from `row` on whose unit begins at a step or after it. */
function rowFrom(store: RunStore, row: number, step: number): number {
  while (row < store.count && (store.step[row] as number) < step) row = afterUnit(store, row);
  return row;
}
