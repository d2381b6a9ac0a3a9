import { ABSENT } from '../../src/telemetry/frame-batch.js';
import { EMPTY, FINITE, kindOf, Pyramid } from './pyramid.js';
import type { RunStore } from './run-store.js';
import type { Column } from '../../src/telemetry/thin-rows.js';

const FIRST_LENGTH = 64;

/**
 * Smallest and largest finite value of a series per bucket of `stride` steps, filled as frames arrive, so that a redraw
 * costs the new frames only and a spike survives any zoom. Entry b holds the steps from (first + b) * stride; steps
 * before the first entry and after the last are not kept, so that a close look at a long run costs what it shows.
 */
export class Buckets {
  min: Float64Array;
  max: Float64Array;
  /** log10 of the two, kept because redraws need them far more often than they change. */
  logMin: Float64Array;
  logMax: Float64Array;
  /** EMPTY, FINITE, INFINITE or NOT_A_NUMBER, the worst that the bucket met. */
  kind: Uint8Array;
  /** Buckets that may hold something. */
  length = 0;
  private rows = 0;

  constructor(
    readonly stride: number,
    readonly revision: number,
    /** Number of the first bucket. */
    readonly first = 0,
    /** Number of the last bucket. */
    readonly last = Infinity,
    /** Buckets there will be soon. */
    expected = FIRST_LENGTH,
  ) {
    const size = Math.max(FIRST_LENGTH, expected);
    this.min = new Float64Array(size).fill(Infinity);
    this.max = new Float64Array(size).fill(-Infinity);
    this.logMin = new Float64Array(size);
    this.logMax = new Float64Array(size);
    this.kind = new Uint8Array(size);
  }

  /** First step of an entry. */
  stepOf(b: number): number {
    return (this.first + b) * this.stride;
  }

  /** Adds the rows that are new since the last call. */
  extend(steps: Float64Array, values: Column, count: number, from = this.rows): void {
    const room = this.last - this.first;
    for (let row = from; row < count; row++) {
      const value = values[row] as number;
      const bucket = Math.floor((steps[row] as number) / this.stride) - this.first;
      if (value === ABSENT || bucket < 0 || bucket > room) continue;
      const kind = kindOf(value);
      if (kind === FINITE) this.add(bucket, kind, value, value);
      else this.add(bucket, kind, Infinity, -Infinity);
    }
    this.rows = count;
  }

  /** Fills entries with what a pyramid knows of the rows between the given bounds, one pair per entry. */
  fill(pyramid: Pyramid, bounds: Uint32Array, count: number): void {
    for (let b = 0; b + 1 < bounds.length; b++) {
      const [from, to] = [bounds[b] as number, bounds[b + 1] as number];
      if (from === to) continue;
      pyramid.read(from, to);
      if (pyramid.kind !== EMPTY) this.add(b, pyramid.kind, pyramid.low, pyramid.high);
    }
    this.rows = count;
  }

  private add(bucket: number, kind: number, low: number, high: number): void {
    while (bucket >= this.kind.length) this.grow();
    this.length = Math.max(this.length, bucket + 1);
    if (low < (this.min[bucket] as number)) {
      this.min[bucket] = low;
      this.logMin[bucket] = Math.log10(low);
    }
    if (high > (this.max[bucket] as number)) {
      this.max[bucket] = high;
      this.logMax[bucket] = Math.log10(high);
    }
    if (kind > (this.kind[bucket] as number)) this.kind[bucket] = kind;
  }

  private grow(): void {
    const size = this.kind.length * 2;
    const larger = (from: Float64Array, empty: number) => {
      const to = new Float64Array(size).fill(empty);
      to.set(from);
      return to;
    };
    this.min = larger(this.min, Infinity);
    this.max = larger(this.max, -Infinity);
    this.logMin = larger(this.logMin, 0);
    this.logMax = larger(this.logMax, 0);
    const kind = new Uint8Array(size);
    kind.set(this.kind);
    this.kind = kind;
  }
}

/** Entries a window may have left behind before its buckets are made anew. */
const MAX_LEFT_BEHIND = 4096;

/** Rows per bucket up to which a series that has no pyramid yet is read row by row: the first drawing does not wait for pyramids. */
const READ_ROWS = 32;

/** Stretches of rows that belong to one bucket each: the same for all series of a run. */
interface Bounds {
  key: string;
  rows: Uint32Array;
}

/** Buckets of every series that is on screen, kept between redraws and made anew, from pyramids, when the zoom or old rows change. */
export class BucketCache {
  private readonly entries = new Map<string, Buckets>();
  private readonly pyramids = new Map<string, Pyramid>();
  private bounds: Bounds = { key: '', rows: new Uint32Array(0) };

  constructor(private readonly store: RunStore) {}

  /**
   * Buckets of a column from step `from` at the latest to step `to` at least, up to date with the store. `key` names the
   * column. `to` is Infinity for a window that goes on with the run.
   */
  get(key: string, column: Column, stride: number, from = 0, to = Infinity): Buckets {
    const { store } = this;
    const first = Math.floor(from / stride);
    const last = Math.floor(to / stride);
    const known = this.entries.get(key);
    const fits = known?.stride === stride && known.first <= first && first - known.first <= MAX_LEFT_BEHIND && known.last >= last;
    if (fits && known.revision === store.revision) {
      known.extend(store.step, column, store.count);
      // A little with every frame, so that the next zoom does not pay for all of them.
      this.pyramid(key, column);
      return known;
    }
    const bounds = this.boundsOf(stride, first, last);
    const buckets = new Buckets(stride, store.revision, first, last, bounds.length);
    const begin = bounds[0] as number;
    if (!this.hasPyramid(key) && store.count - begin <= READ_ROWS * bounds.length) buckets.extend(store.step, column, store.count, begin);
    else buckets.fill(this.pyramid(key, column), bounds, store.count);
    this.entries.set(key, buckets);
    return buckets;
  }

  private hasPyramid(key: string): boolean {
    return this.pyramids.get(key)?.revision === this.store.revision;
  }

  private pyramid(key: string, column: Column): Pyramid {
    let pyramid = this.pyramids.get(key);
    if (pyramid?.revision !== this.store.revision) {
      pyramid = new Pyramid(this.store.revision);
      this.pyramids.set(key, pyramid);
    }
    pyramid.extend(column, this.store.count);
    return pyramid;
  }

  private boundsOf(stride: number, first: number, last: number): Uint32Array {
    const { store } = this;
    const key = [stride, first, last, store.revision, store.count].join();
    if (key === this.bounds.key) return this.bounds.rows;
    const entries = Math.min(last, Math.floor(store.lastStep / stride)) - first + 1;
    const rows = Uint32Array.from({ length: Math.max(1, entries + 1) }, (_, b) => store.rowsBefore((first + b) * stride));
    this.bounds = { key, rows };
    return rows;
  }
}

/** Steps per bucket, a power of two, so that `steps` steps make at most `width` buckets. */
export function strideFor(steps: number, width: number): number {
  let stride = 1;
  while (steps / stride > Math.max(1, width)) stride *= 2;
  return stride;
}
