import type { Buckets } from '../run/buckets.js';
import { EMPTY, FINITE, INFINITE, NOT_A_NUMBER } from '../run/pyramid.js';
import type { RunStore, ShownMetric } from '../run/run-store.js';
import { stepCount, type StepWindow } from '../run/step-window.js';
import { heatDomain, rampIndexAt, type HeatDomain } from '../scales/heat-scale.js';
import { forBuckets } from './line-model.js';

/** Values looked at for the colour scale; more do not move its percentiles. */
const DOMAIN_SAMPLE = 4000;
/** First frames whose median counts as healthy. */
const EARLY_FRAMES = 30;
export const TALL_ROW = 20;
export const NARROW_ROW = 18;
export const SMALL_ROW = 12;
/** While each row holds two runs, one above the other. */
export const SPLIT_ROW = 24;
export const SMALL_SPLIT_ROW = 16;
/** More layers than this get small rows. */
export const MANY_LAYERS = 16;

/** Cells of the heatmap: layers x buckets of steps. */
export interface HeatModel {
  metric: ShownMetric;
  layers: Buckets[];
  /** Layer of each row. */
  shown: number[];
  domain: HeatDomain;
  window: StepWindow;
  stride: number;
  /** Newest step; nothing right of it is drawn. */
  last: number;
  rowHeight: number;
  /** Row of the selected layer, or -1. */
  selected: number;
  /** The run beside, whose cells lie in the lower half of each row; absent while there is none. */
  other?: OtherCells;
}

/** Cells of a second run under those of the first. */
export interface OtherCells {
  /** One per row of the first; null for a layer the second run lacks. */
  layers: (Buckets | null)[];
  /** Index of those layers in the second run, -1 where it lacks one. */
  indices: number[];
  /** Its newest step. */
  last: number;
}

/** Cells of one run in one row: all of its height, or its upper or lower half. */
export interface CellStrip {
  buckets: Buckets;
  model: HeatModel;
  row: number;
  half: 'whole' | 'upper' | 'lower';
}

/** All strips of cells, top to bottom. */
export function cellStrips(model: HeatModel): CellStrip[] {
  const { other } = model;
  const below = other === undefined ? null : { ...model, last: other.last };
  return model.layers.flatMap((buckets, row): CellStrip[] => {
    const lower = other?.layers[row] ?? null;
    if (below === null || lower === null) return [{ buckets, model, row, half: 'whole' }];
    return [
      { buckets, model, row, half: 'upper' },
      { buckets: lower, model: below, row, half: 'lower' },
    ];
  });
}

/** The colour scale of what is on screen. */
export function domainOf(
  metric: ShownMetric,
  layers: readonly Buckets[],
  shown: readonly number[],
  store: RunStore,
  window: StepWindow,
): HeatDomain {
  const values: number[] = [];
  const every = Math.max(1, Math.floor((layers.length * stepCount(window)) / (layers[0]?.stride ?? 1) / DOMAIN_SAMPLE));
  let seen = 0;
  for (const buckets of layers)
    forBuckets(buckets, window, (b) => {
      if (buckets.kind[b] === FINITE && seen++ % every === 0) values.push(buckets.max[b] as number);
    });
  const early: number[] = [];
  for (const l of shown) early.push(...store.layer(metric, l).subarray(0, Math.min(EARLY_FRAMES, store.count)));
  return heatDomain(metric, values, early);
}

/** What a cell holds: a colour of the ramp, "Inf", "NaN", or null where nothing was measured yet. */
export type Cell = { colour: number; value: number } | 'Inf' | 'NaN' | null;

/** Steps a column of cells covers, left to right over the window. */
function columnCount({ window, stride }: HeatModel): number {
  return Math.floor(window.to / stride) - Math.floor(window.from / stride) + 1;
}

/**
 * The cells of one layer from left to right. A cell shows the largest value of its steps, non-finite wins over any number;
 * steps between two samples repeat the earlier one; right of the newest step there is nothing.
 */
export function rowCells(buckets: Buckets, model: HeatModel): Cell[] {
  const first = Math.floor(model.window.from / model.stride);
  const lastMeasured = Math.floor(model.last / model.stride);
  let held: Cell = null;
  return Array.from({ length: columnCount(model) }, (_, i) => {
    const b = first + i;
    if (b > lastMeasured) return null;
    const entry = b - buckets.first;
    const cell = entry >= 0 && entry < buckets.length ? cellAt(buckets, entry, model.domain) : null;
    if (cell !== null) held = cell;
    return held;
  });
}

/** The same as `rowCells`, cell by cell and without making objects: colour of the ramp, or the kind of what is no number. */
export function forRowCells(buckets: Buckets, model: HeatModel, visit: (column: number, colour: number | 'Inf' | 'NaN') => void): void {
  const { window, stride, last, domain } = model;
  const from = Math.floor(window.from / stride) - buckets.first;
  const end = Math.min(Math.floor(last / stride), Math.floor(window.to / stride)) - buckets.first;
  const values = domain.linear ? buckets.max : buckets.logMax;
  let held: number | 'Inf' | 'NaN' | null = null;
  for (let b = from; b <= end; b++) {
    const kind = b >= 0 && b < buckets.length ? buckets.kind[b] : EMPTY;
    if (kind === FINITE) held = rampIndexAt(values[b] as number, domain);
    else if (kind !== EMPTY) held = kind === INFINITE ? 'Inf' : 'NaN';
    if (held !== null) visit(b - from, held);
  }
}

function cellAt(buckets: Buckets, b: number, domain: HeatDomain): Cell {
  switch (buckets.kind[b]) {
    case EMPTY:
      return null;
    case INFINITE:
      return 'Inf';
    case NOT_A_NUMBER:
      return 'NaN';
    default: {
      const value = buckets.max[b] as number;
      const at = (domain.linear ? buckets.max : buckets.logMax)[b] as number;
      return { colour: rampIndexAt(at, domain), value };
    }
  }
}
