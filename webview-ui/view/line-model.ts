import type { Buckets } from '../run/buckets.js';
import { EMPTY, FINITE } from '../run/pyramid.js';
import { stepCount, type StepWindow } from '../run/step-window.js';
import { forecastAt, type Forecast } from './forecast.js';
import { formatDecade, formatTick } from '../scales/format.js';
import { logTicks, zeroTicks } from '../scales/ticks.js';

/** Pixels kept free above and below the curves. */
export const PLOT_PADDING = 6;
/** Share of the range left free at both ends. */
const AIR = 0.06;
const LEAST_DECADES = 0.5;
/** A forecast stretches an axis by so many decades at most. */
const FORECAST_DECADES = 3;
/** And a lesser curve by so many. */
const LESSER_DECADES = 2;
/** Fewer steps than this get dots on their points. */
export const DOT_STEPS = 30;

/** One curve. Colour names are variables of the style sheet. */
export interface ChartLine {
  name: string;
  buckets: Buckets;
  colour: string;
  dash: readonly number[];
  width: number;
  dots: boolean;
  /** It stretches an axis a little only: what the run does now stays readable. */
  lesser?: boolean;
}

/** A curve in the style of the run, or in another one. */
export function chartLine(name: string, buckets: Buckets, style: Partial<ChartLine> = {}): ChartLine {
  return { name, buckets, colour: 'run', dash: [], width: 1.75, dots: true, ...style };
}

/** A horizontal line that gives the curves a meaning. */
export interface Reference {
  value: number;
  label: string;
  colour: 'dim' | 'err';
  dash: readonly number[];
  /** The range is stretched to show it. */
  fit: boolean;
}

/** Everything a line track shows; axis units are log10 of the value, or the value where `linear`. */
export interface LineModel {
  lines: ChartLine[];
  /** Curves too many to tell apart, in the background: thin, all of one colour. */
  ghosts: ChartLine[];
  references: (Reference & { at: number })[];
  /** Series whose non-finite values are hatched. */
  broken: Buckets | null;
  /** How the last curve would go on. */
  forecast: Forecast | null;
  linear: boolean;
  low: number;
  high: number;
  ticks: { at: number; label: string }[];
  window: StepWindow;
  /** Height of the plot in CSS pixels. */
  height: number;
}

/** Fits axis, ticks and references to curves within a window. */
export function lineModel(spec: {
  lines: ChartLine[];
  ghosts?: ChartLine[];
  references?: Reference[];
  broken?: Buckets | null;
  forecast?: Forecast | null;
  linear?: boolean;
  /** Upper end of a linear axis that starts at 0. */
  top?: number;
  window: StepWindow;
  height: number;
}): LineModel {
  const { lines, ghosts = [], references = [], broken = null, forecast = null, linear = false, window, height } = spec;
  const all = [...lines, ...ghosts];
  const range = linear ? linearRange(all, spec.top ?? 1) : logRange(all, references, forecast, window);
  if (range === null) return { lines, ghosts, references: [], broken, forecast, linear, low: 0, high: 1, ticks: [], window, height };
  const [low, high] = range;
  const ticks = linear
    ? zeroTicks(high / 1.2).map((at) => ({ at, label: formatTick(at) }))
    : logTicks(low, high, height - 2 * PLOT_PADDING).map((at) => ({ at, label: formatDecade(at) }));
  const placed = references.map((r) => ({ ...r, at: axisValue(r.value, linear) })).filter((r) => r.at >= low && r.at <= high);
  return { lines, ghosts, references: placed, broken, forecast, linear, low, high, ticks, window, height };
}

/** From 0 to `top`; null before there is anything to show. */
function linearRange(lines: ChartLine[], top: number): [number, number] | null {
  return lines.some(({ buckets }) => buckets.length > 0) ? [0, top || 1] : null;
}

/** Axis unit of a value; NaN where a log axis has no place for it. */
function axisValue(value: number, linear: boolean): number {
  return linear ? value : value > 0 ? Math.log10(value) : NaN;
}

/** CSS pixels from the top of the plot to an axis position; positions outside are pinned to the edge. */
export function plotY(at: number, { low, high, height }: LineModel): number {
  const inside = height - 2 * PLOT_PADDING;
  const share = Math.max(-0.04, Math.min(1.04, (at - low) / (high - low)));
  return PLOT_PADDING + (1 - share) * inside;
}

function logRange(lines: ChartLine[], references: Reference[], forecast: Forecast | null, window: StepWindow): [number, number] | null {
  let low = Infinity;
  let high = -Infinity;
  const take = (at: number) => {
    if (!Number.isFinite(at)) return;
    low = Math.min(low, at);
    high = Math.max(high, at);
  };
  const takeLines = (lesser: boolean, least: number, most: number) => {
    for (const { buckets } of lines.filter((line) => (line.lesser ?? false) === lesser))
      for (let b = firstBucket(buckets, window); b <= lastBucket(buckets, window); b++) {
        if (buckets.kind[b] === EMPTY || (buckets.max[b] as number) < 0) continue;
        take(Math.max(least, buckets.logMin[b] as number));
        take(Math.min(most, buckets.logMax[b] as number));
      }
  };
  takeLines(false, -Infinity, Infinity);
  if (low > high) return null;
  takeLines(true, low - LESSER_DECADES, high + LESSER_DECADES);
  for (const { value, fit } of references) if (fit) take(axisValue(value, false));
  // What is measured must stay readable, so a steep forecast leaves the chart instead of stretching it.
  if (forecast !== null) take(Math.min(forecastAt(forecast, forecast.slope, window.to), high + FORECAST_DECADES));
  return widen(low, high);
}

function widen(low: number, high: number): [number, number] {
  const missing = Math.max(0, LEAST_DECADES - (high - low)) / 2;
  const air = (high - low + 2 * missing) * AIR;
  return [low - missing - air, high + missing + air];
}

/** Visits the entries of buckets within a window that hold something. */
export function forBuckets(buckets: Buckets, window: StepWindow, visit: (bucket: number) => void): void {
  const last = lastBucket(buckets, window);
  for (let b = firstBucket(buckets, window); b <= last; b++) if (buckets.kind[b] !== EMPTY) visit(b);
}

function firstBucket({ stride, first }: Buckets, { from }: StepWindow): number {
  return Math.max(0, Math.floor(from / stride) - first);
}

function lastBucket({ stride, first, length }: Buckets, { to }: StepWindow): number {
  return Math.min(length - 1, Math.floor(to / stride) - first);
}

/** Step at the centre of an entry. */
export function bucketCentre(buckets: Buckets, b: number): number {
  return buckets.stepOf(b) + (buckets.stride - 1) / 2;
}

/**
 * Points of all curves on common x values, as uPlot takes them: the largest value of each bucket; down to the smallest reaches
 * a band of its own (BandPainter). null breaks a curve (not a finite number), undefined lets it pass (not sampled there).
 */
export function alignedPoints(model: LineModel): AlignedPoints {
  const known = pointsOf.get(model);
  if (known !== undefined) return known;
  const xs: number[] = [];
  const ys: (number | null | undefined)[][] = model.lines.map(() => []);
  const stride = model.lines[0]?.buckets.stride ?? 1;
  const last = Math.floor(model.window.to / stride);
  for (let number = Math.max(0, Math.floor(model.window.from / stride)); number <= last; number++) {
    if (model.lines.every(({ buckets }) => isEmpty(buckets, number - buckets.first))) continue;
    xs.push(number * stride + (stride - 1) / 2);
    model.lines.forEach(({ buckets }, i) => ys[i]?.push(point(buckets, number - buckets.first, model)));
  }
  const points: AlignedPoints = [xs, ...ys];
  pointsOf.set(model, points);
  return points;
}

export type AlignedPoints = [number[], ...(number | null | undefined)[][]];

/** Labels and curves ask for the same points. */
const pointsOf = new WeakMap<LineModel, AlignedPoints>();

function isEmpty(buckets: Buckets, b: number): boolean {
  return b < 0 || b >= buckets.length || buckets.kind[b] === EMPTY;
}

function point(buckets: Buckets, b: number, { linear, low, high }: LineModel): number | null | undefined {
  if (isEmpty(buckets, b)) return undefined;
  if (buckets.kind[b] !== FINITE) return null;
  const at = (linear ? buckets.max : buckets.logMax)[b] as number;
  return !Number.isFinite(at) ? null : Math.max(low, Math.min(high, at));
}

/** Runs of neighbouring buckets of one non-finite kind, as first and last step. */
export function brokenRuns(buckets: Buckets, window: StepWindow): { kind: 'Inf' | 'NaN'; from: number; to: number }[] {
  const runs: { kind: 'Inf' | 'NaN'; from: number; to: number }[] = [];
  forBuckets(buckets, window, (b) => {
    const state = buckets.kind[b] as number;
    if (state === FINITE) return;
    const kind = state === FINITE + 1 ? 'Inf' : 'NaN';
    const from = buckets.stepOf(b);
    const to = from + buckets.stride - 1;
    const last = runs.at(-1);
    if (last?.kind === kind && last.to === from - 1 && stepCount(window) > DOT_STEPS) last.to = to;
    else runs.push({ kind, from, to });
  });
  return runs;
}
