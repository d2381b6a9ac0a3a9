import { thinRows, thinSteps } from './thin-rows.js';

/** Series of a course that was left which stay on show. */
export const BRANCH_SERIES = ['loss', 'learningRate', 'globalGradNorm'] as const;
export type BranchSeries = (typeof BRANCH_SERIES)[number];

/** What a run measured on a course it has left by going back, beginning with the last frame it kept. One number per row in each list. */
export interface Branch extends Record<BranchSeries, number[]> {
  /** First and last step that were discarded. */
  from: number;
  to: number;
  step: number[];
}

/** Rows of a branch that stay; of a longer one smallest and largest values of each series. */
const MOST_ROWS = 400;
/** The newest ones stay. */
const MOST_BRANCHES = 16;

/** The figures of frames by columns, ascending by step. */
interface Columns extends Record<BranchSeries, Float64Array> {
  count: number;
  step: Float64Array;
}

/** Adds what frames tell of the steps from `from` on, which a run is about to discard; nothing where it had not come that far. */
export function keepBranch(branches: readonly Branch[], frames: Columns | null, from: number): Branch[] {
  const branch = frames === null ? null : branchOf(frames, from);
  return branch === null ? [...branches] : [...branches, branch].slice(-MOST_BRANCHES);
}

function branchOf({ count, step, ...series }: Columns, from: number): Branch | null {
  let first = count;
  while (first > 0 && (step[first - 1] as number) >= from) first--;
  if (first === count) return null;
  const begin = Math.max(0, first - 1);
  const rows = count - begin;
  const size = 2 * Math.ceil(rows / MOST_ROWS);
  const groups = rows <= MOST_ROWS ? 0 : Math.floor(rows / size);
  const kept = (column: Float64Array, thin: typeof thinSteps): number[] => {
    const copy = column.slice(begin, count);
    thin(copy, 0, groups, size);
    const rest = copy.slice(groups * size);
    if (groups === 0 || rest.length < 2) return [...copy.subarray(0, 2 * groups), ...rest];
    thin(rest, 0, 1, rest.length);
    return [...copy.subarray(0, 2 * groups), ...rest.subarray(0, 2)];
  };
  const lists = Object.fromEntries(BRANCH_SERIES.map((name) => [name, kept(series[name], thinRows)])) as Record<BranchSeries, number[]>;
  return { from, to: step[count - 1] as number, step: kept(step, thinSteps), ...lists };
}
