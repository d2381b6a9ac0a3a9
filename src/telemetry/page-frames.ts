import type { Evidence } from './events.js';
import { LAYER_METRICS, METRIC_COUNT, sliceFrames } from './frame-batch.js';
import { keptOf, type KeptFrames } from './frame-ring.js';

/*
 * Frames as a page keeps them: every series a column of its own, figures of layers in single precision. A page that comes into
 * view gets the series of the net and one metric of all layers first, which is what it shows, and the other metrics right after.
 */

/** Figures of a layer that a page shows. */
export const PAGE_METRICS = ['gradNorm', 'updateRatio', 'weightNorm', 'dead', 'zeros'] as const;
export type PageMetric = (typeof PAGE_METRICS)[number];

/** Series of the net that a page keeps. */
export const PAGE_SERIES = ['loss', 'learningRate', 'globalGradNorm', 'clippedGradNorm', 'overshoot', 'risk'] as const;
export type PageSeries = (typeof PAGE_SERIES)[number];

/** The first part of the frames of a run: `pageColumns` reads `data`. */
export interface PageFrames {
  count: number;
  layerCount: number;
  /** Rows at the start that hold extremes of `framesPerRow` frames each. */
  thinned: number;
  framesPerRow: number;
  /** The metric of which it has all rows. */
  metric: PageMetric;
  /** Of the newest frame that has some. */
  evidence: Evidence[];
  data: ArrayBuffer;
}

/** All rows of one metric: [layer x row]. */
export interface MetricColumns {
  metric: PageMetric;
  data: ArrayBuffer;
}

/** Views of the columns in `PageFrames.data`. */
export interface PageColumns {
  step: Float64Array;
  net: Record<PageSeries, Float64Array>;
  epoch: Float32Array;
  /** [layer x row] of the metric. */
  layers: Float32Array;
  /** [metric x layer] at the newest row. */
  newest: Float32Array;
}

/** Larger numbers would become infinite in four bytes, which would tell a lie. */
const LARGEST_FLOAT32 = 3.4028234e38;

/** A number as it is kept in four bytes: what is finite stays so. */
export function inFourBytes(value: number): number {
  return value > LARGEST_FLOAT32 && value !== Infinity ? LARGEST_FLOAT32 : value;
}

export function pageColumns({ count, layerCount, data }: PageFrames): PageColumns {
  let at = 0;
  const doubles = (length: number) => {
    const view = new Float64Array(data, at, length);
    at += view.byteLength;
    return view;
  };
  const floats = (length: number) => {
    const view = new Float32Array(data, at, length);
    at += view.byteLength;
    return view;
  };
  const step = doubles(count);
  const net = Object.fromEntries(PAGE_SERIES.map((name) => [name, doubles(count)])) as PageColumns['net'];
  return { step, net, epoch: floats(count), layers: floats(layerCount * count), newest: floats(PAGE_METRICS.length * layerCount) };
}

/**
 * The first part of what a host keeps, with all rows of one metric.
 * @param parameters weights of each layer, by which its zeros become a share; where unknown they stay a number
 */
export function pageFrames(kept: KeptFrames, metric: PageMetric, parameters: readonly number[]): PageFrames {
  const { count, layerCount, thinned, framesPerRow, batches } = kept;
  const data = new ArrayBuffer(8 * count * (1 + PAGE_SERIES.length) + 4 * (count + layerCount * count + PAGE_METRICS.length * layerCount));
  const evidence = batches.findLast(({ riskEvidence }) => riskEvidence.length > 0)?.riskEvidence.at(-1)?.evidence ?? [];
  const frames = { count, layerCount, thinned, framesPerRow, metric, evidence, data };
  const columns = pageColumns(frames);
  let row = 0;
  for (const batch of batches) {
    columns.step.set(batch.step.subarray(0, batch.count), row);
    columns.epoch.set(batch.epoch.subarray(0, batch.count), row);
    for (const name of PAGE_SERIES) columns.net[name].set(batch[name].subarray(0, batch.count), row);
    row += batch.count;
  }
  copyMetric(kept, metric, columns.layers, parameters);
  const [last] = batches.slice(-1).map((batch) => keptOf(sliceFrames(batch, batch.count - 1, batch.count)));
  PAGE_METRICS.forEach((name, m) => {
    if (last !== undefined) copyMetric(last, name, columns.newest.subarray(m * layerCount, (m + 1) * layerCount), parameters);
  });
  return frames;
}

/** The metrics the first part has left out, one by one. */
export function otherMetrics(kept: KeptFrames, metric: PageMetric, parameters: readonly number[]): MetricColumns[] {
  return PAGE_METRICS.filter((name) => name !== metric).map((name) => {
    const columns = new Float32Array(kept.layerCount * kept.count);
    copyMetric(kept, name, columns, parameters);
    return { metric: name, data: columns.buffer };
  });
}

function copyMetric({ count, layerCount, batches }: KeptFrames, metric: PageMetric, to: Float32Array, parameters: readonly number[]): void {
  const place = LAYER_METRICS.indexOf(metric);
  const factors = Array.from({ length: layerCount }, (_, l) => (metric === 'zeros' ? 1 / (parameters[l] ?? 1) : 1));
  let row = 0;
  for (const { layers, count: rows } of batches) {
    let from = place;
    for (let i = 0; i < rows; i++, row++)
      for (let l = 0, at = row; l < layerCount; l++, at += count, from += METRIC_COUNT)
        to[at] = inFourBytes((layers[from] as number) * (factors[l] as number));
  }
}
