import { ABSENT, LAYER_METRICS, METRIC_COUNT, type FrameBatch } from '../../src/telemetry/frame-batch.js';
import type { Evidence } from '../../src/telemetry/events.js';

/** Figures of the whole net that are kept per frame. */
const NET_SERIES = ['loss', 'learningRate', 'globalGradNorm', 'clippedGradNorm', 'overshoot', 'risk'] as const;
export type NetSeries = (typeof NET_SERIES)[number];

/** Figures of a layer that are kept per frame: those the page shows. */
export const SHOWN_METRICS = ['gradNorm', 'updateRatio', 'weightNorm', 'dead'] as const;
export type ShownMetric = (typeof SHOWN_METRICS)[number];

const METRIC_COLUMN = SHOWN_METRICS.map((metric) => LAYER_METRICS.indexOf(metric));
/** Memory for the columns: 48 MiB hold 24,000 frames of 64 layers or 500,000 of two. */
const DEFAULT_LIMIT_BYTES = 48 * 2 ** 20;
const FIRST_CAPACITY = 256;
const LEAST_CAPACITY = 2 * FIRST_CAPACITY;

/**
 * The frames of one run as growable columns, one typed array per series, so that a chart reads its numbers without copies.
 * Bounded: when full, the older half is thinned to the frames with the larger gradient norm of each pair.
 */
export class RunStore {
  count = 0;
  /** Grows whenever rows that were there before have changed; appends leave it alone. */
  revision = 0;
  step = new Float64Array(FIRST_CAPACITY);
  epoch = new Float64Array(FIRST_CAPACITY);
  /** Evidence of the latest frame that brought some. */
  evidence: Evidence[] = [];
  private readonly net = new Map<NetSeries, Float64Array>(NET_SERIES.map((name) => [name, new Float64Array(FIRST_CAPACITY)]));
  /** [metric x layer], each a column. */
  private readonly layers: Float64Array[];
  private readonly limit: number;

  /** `limitBytes` bounds the memory of the columns. */
  constructor(
    readonly layerCount: number,
    limitBytes = DEFAULT_LIMIT_BYTES,
  ) {
    this.layers = Array.from({ length: SHOWN_METRICS.length * layerCount }, () => new Float64Array(FIRST_CAPACITY));
    this.limit = Math.max(LEAST_CAPACITY, Math.floor(limitBytes / (8 * (2 + NET_SERIES.length + this.layers.length))));
  }

  /** Column of a figure of the whole net; rows beyond `count` are not valid. An overshoot not probed is ABSENT. */
  series(name: NetSeries): Float64Array {
    return this.net.get(name) as Float64Array;
  }

  /** Column of a layer's figure. Shares that were not measured at a step repeat the last measured one; ABSENT before the first. */
  layer(metric: ShownMetric, layer: number): Float64Array {
    return this.layers[SHOWN_METRICS.indexOf(metric) * this.layerCount + layer] as Float64Array;
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
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.step[middle] as number) <= step) low = middle;
      else high = middle - 1;
    }
    return this.count === 0 ? -1 : low;
  }

  /**
   * Adds frames. Frames at steps it already has replace what it has from there on (a run that went back).
   * Throws RangeError where the number of layers differs.
   */
  append(batch: FrameBatch): void {
    if (batch.layerCount !== this.layerCount) throw new RangeError(`A frame of ${batch.layerCount} layers in a run of ${this.layerCount}.`);
    for (let i = 0; i < batch.count; i++) {
      this.makeRoom(batch.step[i] as number);
      this.write(batch, i);
    }
    const last = batch.riskEvidence.at(-1);
    if (last !== undefined) this.evidence = last.evidence;
  }

  private write(batch: FrameBatch, i: number): void {
    const row = this.count++;
    this.step[row] = batch.step[i] as number;
    this.epoch[row] = batch.epoch[i] as number;
    for (const [name, column] of this.net) column[row] = batch[name][i] as number;
    SHOWN_METRICS.forEach((metric, m) => {
      for (let l = 0; l < this.layerCount; l++) {
        const column = this.layers[m * this.layerCount + l] as Float64Array;
        const value = batch.layers[(i * this.layerCount + l) * METRIC_COUNT + (METRIC_COLUMN[m] as number)] as number;
        column[row] = metric === 'dead' && value === ABSENT && row > 0 ? (column[row - 1] as number) : value;
      }
    });
  }

  private makeRoom(step: number): void {
    if (step <= this.lastStep) {
      this.count = (this.step[0] as number) >= step ? 0 : this.rowAt(step - 1) + 1;
      this.revision++;
    }
    if (this.count < this.step.length) return;
    if (this.count >= this.limit) this.thin();
    else this.resize(Math.min(this.limit, this.step.length * 2));
  }

  private resize(capacity: number): void {
    const grow = (column: Float64Array) => {
      const larger = new Float64Array(capacity);
      larger.set(column);
      return larger;
    };
    this.step = grow(this.step);
    this.epoch = grow(this.epoch);
    for (const [name, column] of this.net) this.net.set(name, grow(column));
    this.layers.forEach((column, i) => (this.layers[i] = grow(column)));
  }

  private thin(): void {
    const rows = this.keptRows();
    for (const column of [this.step, this.epoch, ...this.net.values(), ...this.layers])
      rows.forEach((from, to) => (column[to] = column[from] as number));
    this.count = rows.length;
    this.revision++;
  }

  private keptRows(): number[] {
    const norm = this.series('globalGradNorm');
    const rows: number[] = [];
    const half = this.count >> 2;
    for (let i = 0; i < 2 * half; i += 2) {
      const [a, b] = [norm[i] as number, norm[i + 1] as number];
      rows.push(Number.isNaN(b) || b > a ? i + 1 : i);
    }
    for (let i = 2 * half; i < this.count; i++) rows.push(i);
    return rows;
  }
}
