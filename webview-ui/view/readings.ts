import { ABSENT } from '../../src/telemetry/frame-batch.js';
import type { RunView } from '../run/dashboard-state.js';
import type { ShownMetric } from '../run/run-store.js';
import { formatNumber, formatPercent, formatShare } from '../scales/format.js';
import { baselineLoss, clipThreshold, rateLimit } from './run-facts.js';

/** A figure and what it is measured against. */
export interface Reading {
  value: string;
  note: string;
}

/** The reading column at one frame. */
export interface Readings {
  row: number;
  step: number;
  risk: string;
  loss: Reading;
  rate: Reading;
  norm: Reading;
}

/** Reads all tracks at a step, or at the newest frame; null where there are no frames. */
export function readAt(run: RunView, step: number | null): Readings | null {
  const { store } = run;
  const row = step === null ? store.count - 1 : store.rowAt(step);
  if (row < 0) return null;
  const at = (name: Parameters<typeof store.series>[0]) => store.series(name)[row] as number;
  return {
    row,
    step: store.step[row] as number,
    risk: `${at('risk').toFixed(2)}${at('risk') > 0.5 ? ', past 0.50' : ''}`,
    loss: { value: formatNumber(at('loss')), note: lossNote(run, at('loss')) },
    rate: { value: formatNumber(at('learningRate')), note: rateNote(run, at('learningRate')) },
    norm: { value: formatNumber(at('globalGradNorm')), note: normNote(run, at('globalGradNorm'), at('clippedGradNorm')) },
  };
}

function lossNote(run: RunView, loss: number): string {
  const baseline = baselineLoss(run);
  return baseline === null || !Number.isFinite(loss) ? '' : `${formatShare(loss / baseline)} of baseline`;
}

function rateNote(run: RunView, rate: number): string {
  const limit = rateLimit(run);
  return limit === null ? '' : `${rate > limit ? 'above' : 'below'} limit ${formatNumber(limit)}`;
}

function normNote(run: RunView, norm: number, clipped: number): string {
  const clips = clipThreshold(run) !== null || clipped < norm * (1 - 1e-6);
  if (!clips)
    return (run.start?.config as { training?: { gradientClip?: unknown } } | undefined)?.training?.gradientClip
      ? 'not clipped'
      : 'no clipping';
  return clipped < norm * (1 - 1e-6) ? `clipped to ${formatNumber(clipped)}` : 'not clipped';
}

/** A layer's value as its column shows it: shares in percent, "–" where it was never measured. */
export function formatMetric(metric: ShownMetric, value: number): string {
  if (metric !== 'dead') return formatNumber(value, 2);
  return value === ABSENT ? '–' : formatPercent(value);
}
