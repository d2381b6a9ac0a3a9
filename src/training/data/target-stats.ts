import type { TargetStats } from '../../diagnosis/preflight-report.js';
import { columnStats } from './column-stats.js';

/** Statistics of a class target: of `values` as the model sees them (class indices where it sees one-hot), and rows per class. */
export function classStats(name: string, values: Float32Array, indices: ArrayLike<number>, classes: number): TargetStats {
  const classCounts = new Array<number>(classes).fill(0);
  for (let r = 0; r < indices.length; r++) {
    const index = indices[r] as number;
    classCounts[index] = (classCounts[index] ?? 0) + 1;
  }
  const [figures] = numberStats(values, [name], values.length);
  return { ...(figures as TargetStats), classes, classCounts };
}

/** Statistics of numbers to be predicted, one entry per column. */
export function numberStats(values: Float32Array, names: readonly string[], rows: number): TargetStats[] {
  const stats = columnStats(values, names.length, rows);
  return names.map((name, j) => ({
    name,
    mean: stats.mean[j] as number,
    deviation: stats.deviation[j] as number,
    min: stats.min[j] as number,
    max: stats.max[j] as number,
    nonFinite: 0,
    classes: null,
    classCounts: null,
  }));
}
