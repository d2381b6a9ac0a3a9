import { isShare, type ShownMetric } from '../run/run-store.js';

export type Rgb = readonly [number, number, number];

/* The only literal colours of the page. Lightness is linear in log10 of the value and leaves the background evenly (OKLCH);
   hue goes blue, violet, red, then yellow on dark and brown on light. Monotone for all three kinds of colour blindness. */
const DARK_STOPS = ['#143058', '#28417d', '#4d4ea5', '#8655bd', '#cb58a9', '#fa6e75', '#fda066', '#ffca7b', '#fff0a8'];
const LIGHT_STOPS = ['#e3eefe', '#c3d3f3', '#abb5ed', '#a990e1', '#b763b7', '#ba3874', '#a6172f', '#801701', '#551b00'];
/** Colours in a ramp. */
const RAMP_SIZE = 256;

/** The ramp for dark or light backgrounds: 256 colours from calm to hot. */
export function heatRamp(dark: boolean): Rgb[] {
  const stops = (dark ? DARK_STOPS : LIGHT_STOPS).map(parseHex);
  return Array.from({ length: RAMP_SIZE }, (_, i) => {
    const position = (i / (RAMP_SIZE - 1)) * (stops.length - 1);
    const left = Math.min(stops.length - 2, Math.floor(position));
    const [a, b] = [stops[left] as Rgb, stops[left + 1] as Rgb];
    const mix = (k: 0 | 1 | 2) => Math.round(a[k] + (b[k] - a[k]) * (position - left));
    return [mix(0), mix(1), mix(2)] as const;
  });
}

function parseHex(hex: string): Rgb {
  const value = parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** Black or white, whichever is easier to read on a colour (WCAG relative luminance). */
export function inkOn(colour: Rgb): Rgb {
  const luminance = relativeLuminance(colour);
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? [255, 255, 255] : [0, 0, 0];
}

function relativeLuminance([r, g, b]: Rgb): number {
  const linear = (channel: number) => (channel / 255 <= 0.04045 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

export function cssColour([r, g, b]: Rgb): string {
  return `rgb(${r} ${g} ${b})`;
}

/** Ends of a colour scale: exponents of ten, or shares 0..1 where `linear`. */
export interface HeatDomain {
  low: number;
  high: number;
  linear: boolean;
}

/** Decades a scale has at least, and keeps above the healthy median for trouble. */
const LEAST_DECADES = 2;

/**
 * The colour scale of a metric. Norms: 1st to 99.5th percentile rounded to half decades, at least two decades, and for
 * gradients at least two decades above the median of the first frames, so that a healthy run is cool.
 * Update ratio: 1e-4 to 1. Shares: 0 to 1.
 * @param values sample of the values on screen, any order, non-finite ones ignored
 * @param early values of the first frames
 */
export function heatDomain(metric: ShownMetric, values: readonly number[], early: readonly number[]): HeatDomain {
  if (isShare(metric)) return { low: 0, high: 1, linear: true };
  const logs = sortedLogs(values);
  if (metric === 'updateRatio') return { low: -4, high: Math.max(0, Math.ceil(quantile(logs, 0.995) * 2) / 2 || 0), linear: false };
  if (logs.length === 0) return { low: 0, high: LEAST_DECADES, linear: false };
  const low = Math.floor(quantile(logs, 0.01) * 2) / 2;
  let high = Math.ceil(quantile(logs, 0.995) * 2) / 2;
  const calm = sortedLogs(early);
  if (metric === 'gradNorm' && calm.length > 0) high = Math.max(high, Math.ceil((quantile(calm, 0.5) + LEAST_DECADES) * 2) / 2);
  return { low, high: Math.max(high, low + LEAST_DECADES), linear: false };
}

function sortedLogs(values: readonly number[]): Float64Array {
  return Float64Array.from(
    values.filter((v) => v > 0 && Number.isFinite(v)),
    Math.log10,
  ).sort();
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

/** Index into the ramp of a finite value; values outside the domain take its ends. */
export function rampIndex(value: number, domain: HeatDomain): number {
  return rampIndexAt(domain.linear ? value : value > 0 ? Math.log10(value) : -Infinity, domain);
}

/** The same for a position on the scale: log10 of a value, or a share. */
export function rampIndexAt(at: number, { low, high }: HeatDomain): number {
  const position = (at - low) / (high - low);
  return Math.max(0, Math.min(RAMP_SIZE - 1, Math.round(position * (RAMP_SIZE - 1))));
}

/** Exponents (or shares) labelled under the legend's ramp, at most five. */
export function legendTicks({ low, high, linear }: HeatDomain): number[] {
  if (linear) return [0, 0.5, 1];
  const every = [1, 2, 5, 10, 20, 50].find((step) => (high - low) / step <= 4) ?? 100;
  const ticks: number[] = [];
  for (let k = Math.ceil(low / every) * every; k <= high; k += every) ticks.push(k);
  return ticks;
}
