import type { Branch, BranchSeries } from '../../src/telemetry/branches.js';
import { Buckets } from '../run/buckets.js';
import type { RunView } from '../run/dashboard-state.js';
import { chartLine, lineModel, type ChartLine, type LineModel } from './line-model.js';
import type { StepWindow } from '../run/step-window.js';

/** The tracks in which a course that was left stays visible. */
interface BranchedTracks {
  window: StepWindow;
  heat: { stride: number };
  loss: LineModel;
  rate: LineModel;
  norm: LineModel;
}

const STYLE: Partial<ChartLine> = { colour: 'dim', dash: [3, 3], width: 1.25, dots: false, lesser: true };

/** Draws the courses that a run has left by going back under its curves: dim and dashed, from where it turned back to where it had been. */
export function withBranches<T extends BranchedTracks>(tracks: T, { branches }: RunView): T {
  if (branches.length === 0) return tracks;
  const { stride } = tracks.heat;
  const under = (model: LineModel, series: BranchSeries) => {
    const lines = branches.map((branch) => chartLine(series, bucketsOf(branch, series, stride), STYLE));
    const top = model.linear ? Math.max(model.high, ...branches.map((branch) => 1.2 * Math.max(...branch[series]))) : undefined;
    return lineModel({ ...model, lines: [...lines, ...model.lines], top });
  };
  return {
    ...tracks,
    loss: under(tracks.loss, 'loss'),
    rate: under(tracks.rate, 'learningRate'),
    norm: under(tracks.norm, 'globalGradNorm'),
  };
}

/** A branch never changes; the zoom does. */
const known = new WeakMap<Branch, Map<string, Buckets>>();

function bucketsOf(branch: Branch, series: BranchSeries, stride: number): Buckets {
  const kept = known.get(branch) ?? new Map<string, Buckets>();
  known.set(branch, kept);
  const key = `${series}/${stride}`;
  const there = kept.get(key);
  if (there !== undefined) return there;
  const buckets = new Buckets(stride, 0, Math.floor((branch.step[0] ?? 0) / stride));
  buckets.extend(Float64Array.from(branch.step), Float64Array.from(branch[series]), branch.step.length);
  kept.set(key, buckets);
  return buckets;
}
