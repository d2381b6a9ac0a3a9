import type { Column } from '../../src/telemetry/thin-rows.js';
import type { RunStore, ShownMetric } from '../run/run-store.js';
import { commonStretches, extremes, type Stretch } from './common-stretches.js';

/** Frames before a step whose change from one to the next says how much a series jumps about anyway. */
const NOISE_FRAMES = 20;
/** A gap counts from so many times that noise on. */
const NOISE_FACTOR = 3;
/** Differences in the last digits of single precision are rounding. */
const ROUNDING = 1e-5;
/** Share of the frames after the parting that must be apart too: two curves may cross. */
const STAYS_APART = 0.9;

/** Two runs against each other: where they first differ at all, and where they part. */
export interface Parting {
  /** First step with values that differ beyond rounding; null where there is none. */
  firstDifference: number | null;
  /** First step from which the gap stays above three times the noise; null where they never part. */
  parts: number | null;
}

/** Parting of the losses. */
export function partingOf(a: RunStore, b: RunStore): Parting {
  return parting(a, commonStretches(a, b), a.series('loss'), b.series('loss'));
}

/** Step at which a layer's figures part; null where they do not. Who asks for many layers finds the common stretches once. */
export function layerParting(
  a: RunStore,
  b: RunStore,
  metric: ShownMetric,
  layerA: number,
  layerB: number,
  stretches = commonStretches(a, b),
): number | null {
  return parting(a, stretches, a.layer(metric, layerA), b.layer(metric, layerB)).parts;
}

/**
 * Compares two series at the steps both runs have (smallest and largest values where rows are thinned), as logarithms: a difference is beyond rounding from a relative 1e-5 on; the
 * runs part where the gap first exceeds three times the noise of the series (the median jump between neighbouring frames of the
 * calmer run) and stays there at nine of ten steps. Where only one is a number they are apart.
 */
function parting(a: RunStore, stretches: Stretch[], seriesA: Column, seriesB: Column): Parting {
  const gaps = stretches.map((stretch) => {
    const [lowA, highA] = extremes(seriesA, stretch.a);
    const [lowB, highB] = extremes(seriesB, stretch.b);
    return Math.max(gapOf(lowA, lowB), gapOf(highA, highB));
  });
  const first = gaps.findIndex((gap) => gap > ROUNDING);
  const stepOf = (i: number) => (i < 0 ? null : (a.step[stretches[i]?.a[0] ?? 0] as number));
  return { firstDifference: stepOf(first), parts: stepOf(first < 0 ? -1 : partingIndex(gaps, stretches, seriesA, seriesB)) };
}

function partingIndex(gaps: number[], stretches: Stretch[], seriesA: Column, seriesB: Column): number {
  const jumps = (series: Column, side: 'a' | 'b') => medianJump(stretches.map((stretch) => extremes(series, stretch[side])[1]));
  const noise = Math.max(ROUNDING, Math.min(jumps(seriesA, 'a'), jumps(seriesB, 'b')));
  const apart = gaps.map((gap) => gap > NOISE_FACTOR * noise);
  // From the end: the share of frames that are apart from here on.
  let count = 0;
  let best = -1;
  for (let i = apart.length - 1; i >= 0; i--) {
    if (apart[i] === true) count += 1;
    if (apart[i] === true && count >= STAYS_APART * (apart.length - i)) best = i;
  }
  return best;
}

/** Distance of two values as |ln a - ln b|; infinite where only one of them is a positive number. */
function gapOf(a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  if (!(a > 0 && a < Infinity && b > 0 && b < Infinity)) return Infinity;
  return Math.abs(Math.log(a) - Math.log(b));
}

/** Median change of the logarithm from one frame to the next, over the first frames. */
function medianJump(values: number[]): number {
  const jumps: number[] = [];
  for (let i = 1; i < values.length && jumps.length < NOISE_FRAMES; i++) {
    const gap = gapOf(values[i - 1] as number, values[i] as number);
    if (Number.isFinite(gap)) jumps.push(gap);
  }
  jumps.sort((x, y) => x - y);
  return jumps[jumps.length >> 1] ?? 0;
}
