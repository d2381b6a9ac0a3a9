import { ABSENT } from '../../src/telemetry/frame-batch.js';
import type { RunView } from '../run/dashboard-state.js';
import { isShare, type NetSeries, type ShownMetric } from '../run/run-store.js';
import { formatNumber, formatPercent, formatShare } from '../scales/format.js';
import { baselineLoss, knownConfig, rateLimit } from './run-facts.js';
import { say } from '../language/language.js';

/** A figure and what it is measured against; a narrow page leaves the rest of the note out. */
export interface Reading {
  value: string;
  note: string;
  rest: string;
}

/** The reading column at one frame. */
export interface Readings {
  row: number;
  step: number;
  risk: string;
  pastRisk: boolean;
  loss: Reading;
  rate: Reading;
  norm: Reading;
}

/** Risk from here on is a warning, and from the next on an error. */
export const RISK_LIMIT = 0.5;
export const HIGH_RISK = 0.8;
/** Norms closer than this, relatively, are the same. */
export const EQUAL_NORMS = 1e-6;

/** What the run beside holds at the step of a reading; null where it has no frame there. */
export function readBeside({ beside }: RunView, readings: Readings | null): Readings | null {
  if (beside === undefined || readings === null || readings.step > beside.run.store.lastStep) return null;
  return readAt(beside.run, readings.step);
}

/** Reads all tracks at a step, or at the newest frame; null where there are no frames. */
export function readAt(run: RunView, step: number | null): Readings | null {
  const { store } = run;
  const row = step === null ? store.count - 1 : store.rowAt(step);
  if (row < 0) return null;
  const at = (name: NetSeries) => store.series(name)[row] as number;
  return {
    row,
    step: store.step[row] as number,
    risk: at('risk').toFixed(2),
    pastRisk: at('risk') > RISK_LIMIT,
    loss: lossReading(run, at('loss')),
    rate: { value: formatNumber(at('learningRate')), note: '', rest: rateNote(run, at('learningRate')) },
    norm: { value: formatNumber(at('globalGradNorm')), note: '', rest: normNote(run, at('globalGradNorm'), at('clippedGradNorm')) },
  };
}

function lossReading(run: RunView, loss: number): Reading {
  const baseline = baselineLoss(run);
  const known = baseline !== null && Number.isFinite(loss);
  return { value: formatNumber(loss), note: known ? formatShare(loss / baseline) : '', rest: known ? say(' of baseline') : '' };
}

function rateNote(run: RunView, rate: number): string {
  const limit = rateLimit(run);
  return limit === null ? '' : rate > limit ? say('above limit {0}', formatNumber(limit)) : say('below limit {0}', formatNumber(limit));
}

function normNote(run: RunView, norm: number, clipped: number): string {
  if (clipped < norm * (1 - EQUAL_NORMS)) return say('clipped to {0}', formatNumber(clipped));
  return knownConfig(run).training?.gradientClip === undefined ? say('no clipping') : say('not clipped');
}

/** A layer's value as its column shows it: shares in percent, "–" where it was never measured. */
export function formatMetric(metric: ShownMetric, value: number): string {
  if (value === ABSENT) return '–';
  return isShare(metric) ? formatPercent(value) : formatNumber(value, 2);
}
