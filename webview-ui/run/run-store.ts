import { ABSENT, LAYER_METRICS, METRIC_COUNT, risingEnd, type FrameBatch } from '../../src/telemetry/frame-batch.js';
import type { Evidence } from '../../src/telemetry/events.js';
import { PAGE_METRICS, PAGE_SERIES, pageColumns } from '../../src/telemetry/page-frames.js';
import type { MetricColumns, PageFrames, PageMetric, PageSeries } from '../../src/telemetry/page-frames.js';
import { thinRows, thinSteps, type Column } from '../../src/telemetry/thin-rows.js';
import { copyHeld, copyStrided, hold } from './column-copies.js';

/** Figures of the whole net that are kept per frame. */
export type NetSeries = PageSeries;

/** Figures of a layer that are kept per frame: those the page shows. `zeros` is a share of the layer's weights. */
export const SHOWN_METRICS = PAGE_METRICS;
export type ShownMetric = PageMetric;

/** Whether a metric is a share, 0 to 1, rather than a norm or a ratio on a log scale. */
export function isShare(metric: ShownMetric): boolean {
  return metric === 'dead' || metric === 'zeros';
}

/** Memory for the columns: 96 MiB hold 1,000,000 frames of two layers, or 75,000 of 64. */
const DEFAULT_LIMIT_BYTES = 96 * 2 ** 20;
const FIRST_CAPACITY = 256;
/** Bytes of a frame: step and figures of the net in 8 each, the epoch and figures of layers in 4 each. */
const frameBytes = (layerCount: number) => 8 * (1 + PAGE_SERIES.length) + 4 * (1 + SHOWN_METRICS.length * layerCount);
const NOT_THERE = new Float32Array(0); // a column that has not come yet

export interface StoreOptions {
  /** Bound of the memory of the columns. */
  limitBytes?: number;
  /** Weights per layer, by which zeros become a share; where unknown they stay a number. */
  parameters?: readonly number[];
}

/**
 * The frames of one run as growable columns, one typed array per series, so that a chart reads its numbers without copies.
 * Bounded. When full, a quarter of the rows that are still as they came joins the thinned ones at the start of the run, which
 * all stand for the same number of frames and keep the extremes of each series (thinRows). The newest quarter of the rows
 * at least is always as it came.
 */
export class RunStore {
  count = 0;
  /** Grows whenever rows that were there before have changed; appends leave it alone. */
  revision = 0;
  step = new Float64Array(FIRST_CAPACITY);
  epoch = new Float32Array(FIRST_CAPACITY);
  /** Evidence of the latest frame that brought some. */
  evidence: Evidence[] = [];
  /** Rows at the start that have been thinned. */
  thinned = 0;
  /** Frames a thinned row stands for. */
  framesPerRow = 1;
  private missing = new Set<ShownMetric>(); // metrics of which a snapshot has brought the newest row only
  private newest = new Float32Array(0); // [metric x layer] at that row
  private readonly net = new Map<NetSeries, Float64Array>(PAGE_SERIES.map((name) => [name, new Float64Array(FIRST_CAPACITY)]));
  /** [metric x layer], each a column. */
  private readonly layers: Float32Array[];
  private readonly limit: number;
  private readonly parameters: readonly number[];

  constructor(
    readonly layerCount: number,
    { limitBytes = DEFAULT_LIMIT_BYTES, parameters = [] }: StoreOptions = {},
  ) {
    this.layers = Array.from({ length: SHOWN_METRICS.length * layerCount }, () => new Float32Array(FIRST_CAPACITY));
    this.limit = Math.max(2 * FIRST_CAPACITY, Math.floor(limitBytes / frameBytes(layerCount)));
    this.parameters = parameters;
  }

  /** Column of a figure of the whole net; rows beyond `count` are not valid. An overshoot not probed is ABSENT. */
  series(name: NetSeries): Float64Array {
    return this.net.get(name) as Float64Array;
  }

  /** Column of a layer's figure. Shares that were not measured at a step repeat the last measured one; ABSENT before the first. */
  layer(metric: ShownMetric, layer: number): Float32Array {
    const i = SHOWN_METRICS.indexOf(metric) * this.layerCount + layer;
    const column = this.layers[i] as Float32Array;
    return column === NOT_THERE ? this.newestOnly(i) : column;
  }

  /** Step of the newest frame, or -1 where there is none. */
  get lastStep(): number {
    return this.count === 0 ? -1 : (this.step[this.count - 1] as number);
  }

  /** Step of the oldest frame, or 0 where there is none. */
  get firstStep(): number {
    return this.count === 0 ? 0 : (this.step[0] as number);
  }

  /** Row of the newest frame at or before a step; the first row for earlier steps; -1 where there are no frames. */
  rowAt(step: number): number {
    return this.count === 0 ? -1 : Math.max(0, this.rowsBefore(step + 1) - 1);
  }

  /** Number of rows before a step. */
  rowsBefore(step: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.step[middle] as number) < step) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Adds frames. Frames at steps it already has replace what it has from there on (a run that went back). An empty store takes
   * thinned rows as such. Throws RangeError where the number of layers differs.
   */
  append(batch: FrameBatch): void {
    if (batch.layerCount !== this.layerCount) throw new RangeError(`A frame of ${batch.layerCount} layers in a run of ${this.layerCount}.`);
    if (this.count === 0) {
      this.thinned = Math.min(batch.thinned ?? 0, this.limit);
      this.framesPerRow = batch.framesPerRow ?? 1;
    }
    this.standIn();
    for (let from = 0; from < batch.count;) {
      this.goBackTo(batch.step[from] as number);
      if (this.count === this.step.length) this.makeRoom(batch.count - from);
      const rows = Math.min(risingEnd(batch.step, from, batch.count) - from, this.step.length - this.count);
      this.write(batch, from, rows);
      from += rows;
    }
    const last = batch.riskEvidence.at(-1);
    if (last !== undefined) this.evidence = last.evidence;
  }

  /**
   * Makes the first part of a snapshot the content of an empty store, without a copy. Of the other metrics all rows but the newest
   * are ABSENT until `takeMetric`. Throws RangeError where the number of layers differs.
   */
  takeSnapshot(frames: PageFrames): void {
    const { count, layerCount, metric } = frames;
    if (layerCount !== this.layerCount) throw new RangeError(`A frame of ${layerCount} layers in a run of ${this.layerCount}.`);
    const { step, epoch, net, layers, newest } = pageColumns(frames);
    Object.assign(this, {
      count,
      step,
      epoch,
      newest,
      thinned: frames.thinned,
      framesPerRow: frames.framesPerRow,
      evidence: frames.evidence,
    });
    for (const name of PAGE_SERIES) this.net.set(name, net[name]);
    this.layers.fill(NOT_THERE);
    this.missing = new Set(SHOWN_METRICS.filter((other) => other !== metric));
    this.takeColumns(metric, layers);
  }

  /** Takes all rows of a metric that a snapshot has left out. Ignores what is not missing, or belongs to other rows. */
  takeMetric({ metric, data }: MetricColumns): void {
    if (this.missing.has(metric) && data.byteLength === 4 * this.layerCount * this.count) this.takeColumns(metric, new Float32Array(data));
  }

  /** What the series of a layer is called by those who keep something derived from it: another name once it is complete. */
  layerKey(metric: ShownMetric, layer: number): string {
    return `${metric}/${layer}${this.missing.has(metric) ? '/missing' : ''}`;
  }

  private takeColumns(metric: ShownMetric, values: Float32Array): void {
    this.missing.delete(metric);
    for (let l = 0; l < this.layerCount; l++) {
      const column = values.subarray(l * this.count, (l + 1) * this.count);
      if (metric === 'dead') hold(column, this.count);
      this.layers[SHOWN_METRICS.indexOf(metric) * this.layerCount + l] = column;
    }
  }

  /** Before rows change, columns that have not come yet become what they stand for. */
  private standIn(): void {
    this.layers.forEach((column, i) => column === NOT_THERE && this.newestOnly(i));
  }

  private newestOnly(i: number): Float32Array {
    const column = new Float32Array(this.step.length).fill(ABSENT);
    column[this.count - 1] = this.newest[i] as number;
    return (this.layers[i] = column);
  }

  /** Forgets the frames from a step on. */
  goBackTo(step: number): void {
    if (step > this.lastStep) return;
    this.standIn();
    this.count = this.rowsBefore(step);
    this.thinned = Math.min(this.thinned, this.count);
    this.revision++;
  }

  private write(batch: FrameBatch, from: number, rows: number): void {
    const to = this.count;
    this.step.set(batch.step.subarray(from, from + rows), to);
    this.epoch.set(batch.epoch.subarray(from, from + rows), to);
    for (const [name, column] of this.net) column.set(batch[name].subarray(from, from + rows), to);
    const width = this.layerCount * METRIC_COUNT;
    SHOWN_METRICS.forEach((metric, m) => {
      for (let l = 0; l < this.layerCount; l++) {
        const column = this.layers[m * this.layerCount + l] as Float32Array;
        const first = from * width + l * METRIC_COUNT + LAYER_METRICS.indexOf(metric);
        if (metric === 'dead') copyHeld(batch.layers, first, width, column, to, rows);
        else copyStrided(batch.layers, first, width, column, to, rows, metric === 'zeros' ? 1 / (this.parameters[l] ?? 1) : 1);
      }
    });
    this.count += rows;
  }

  private makeRoom(rows: number): void {
    if (this.step.length < this.limit) this.resize(Math.min(this.limit, Math.max(this.step.length * 2, this.count + rows)));
    else this.thin();
  }

  private resize(capacity: number): void {
    const grow = <T extends Column>(column: T, larger: T): T => {
      larger.set(column);
      return larger;
    };
    this.step = grow(this.step, new Float64Array(capacity));
    this.epoch = grow(this.epoch, new Float32Array(capacity));
    for (const [name, column] of this.net) this.net.set(name, grow(column, new Float64Array(capacity)));
    this.layers.forEach((column, i) => (this.layers[i] = grow(column, new Float32Array(capacity))));
  }

  private thin(): void {
    const quarter = this.limit >> 2;
    if (this.thinned >= this.limit >> 1) {
      const groups = this.thinned >> 2;
      this.replaceRows(0, groups, 4);
      // Rows that make no whole group of four stay as they are, at the finer resolution.
      this.thinned = this.thinned - 4 * groups + 2 * groups;
      this.framesPerRow = Math.min(this.framesPerRow * 2, quarter >> 1);
    }
    const framesPerRow = Math.max(2, this.framesPerRow);
    const groups = Math.max(1, Math.floor(quarter / (2 * framesPerRow)));
    this.replaceRows(this.thinned, groups, 2 * framesPerRow);
    this.thinned += 2 * groups;
    this.framesPerRow = framesPerRow;
    this.revision++;
  }

  /** Thins `groups` groups of `size` rows each to two rows, and moves what follows up. */
  private replaceRows(from: number, groups: number, size: number): void {
    const [to, rest] = [from + 2 * groups, from + groups * size];
    for (const column of [this.step, this.epoch]) thinSteps(column, from, groups, size);
    for (const column of [...this.net.values(), ...this.layers]) thinRows(column, from, groups, size);
    for (const column of [this.step, this.epoch, ...this.net.values(), ...this.layers]) column.copyWithin(to, rest, this.count);
    this.count -= rest - to;
  }
}
