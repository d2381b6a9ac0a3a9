import { EVIDENCE } from '../../src/diagnosis/finding.js';
import { LIMITS } from '../../src/diagnosis/explosion-signs.js';
import { SlidingLine } from '../../src/diagnosis/line-fit.js';
import type { RunView } from '../run/dashboard-state.js';
import { harmLoss, isOver } from './run-facts.js';

/** Frames the growth is taken from: as many as the detectors use. */
const FIT_FRAMES = 30;
/** Standard errors of the slope on either side: about 95 %. */
const BAND = 2;

/** A series that goes on growing as it does: a straight line of log10 over steps. */
export interface Forecast {
  /** The newest step, where it begins. */
  from: number;
  /** log10 of the value there, on the line. */
  at: number;
  /** log10 per step, and the least and most it may be: two standard errors. */
  slope: number;
  low: number;
  high: number;
  /** Where it reaches the loss that counts as harm; null where that is no question. */
  harm: { step: number; at: number } | null;
}

export interface Forecasts {
  loss: Forecast | null;
  norm: Forecast | null;
}

const NONE: Forecasts = { loss: null, norm: null };

/**
 * What loss and gradient norm would become if they went on growing as they do: only while the run goes on and the growth of
 * the norm is past its limit. Least squares through ln of the last frames, as the detectors fit it.
 */
export function forecastsOf(run: RunView): Forecasts {
  const growth = run.store.evidence.find((e) => e.name === EVIDENCE.growth);
  if (isOver(run) || growth === undefined || growth.value <= growth.limit || !Number.isFinite(growth.value)) return NONE;
  const norm = fit(run, 'globalGradNorm');
  const loss = fit(run, 'loss');
  return norm === null ? NONE : { norm, loss: loss === null ? null : { ...loss, harm: harmOf(run, loss) } };
}

function fit({ store }: RunView, name: 'loss' | 'globalGradNorm'): Forecast | null {
  const line = new SlidingLine(FIT_FRAMES);
  const values = store.series(name);
  const first = Math.max(0, store.count - FIT_FRAMES);
  let last = NaN;
  for (let row = first; row < store.count; row++) {
    last = Math.log(values[row] as number);
    line.push(store.step[row] as number, last);
  }
  const { slope, t } = line.read();
  if (!(slope > 0) || !(t > LIMITS.growthT / 2) || !Number.isFinite(last)) return null;
  const error = Number.isFinite(t) ? slope / t : 0;
  const decades = (perStep: number) => perStep / Math.LN10;
  return {
    from: store.lastStep,
    at: decades(last),
    slope: decades(slope),
    low: decades(Math.max(0, slope - BAND * error)),
    high: decades(slope + BAND * error),
    harm: null,
  };
}

function harmOf(run: RunView, { from, at, slope }: Forecast): Forecast['harm'] {
  const harm = harmLoss(run);
  if (harm === null || Math.log10(harm) <= at) return null;
  return { step: from + Math.round((Math.log10(harm) - at) / slope), at: Math.log10(harm) };
}

/** log10 of a forecast at a step, for one of its slopes. */
export function forecastAt({ from, at }: Forecast, slope: number, step: number): number {
  return at + slope * Math.max(0, step - from);
}
