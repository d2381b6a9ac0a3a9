import { ABSENT } from '../../src/telemetry/frame-batch.js';
import type { RunStore } from './run-store.js';

/** What a bucket holds beside its finite range. */
export const EMPTY = 0;
export const FINITE = 1;
export const INFINITE = 2;
export const NOT_A_NUMBER = 3;
const FIRST_LENGTH = 64;

/**
 * Smallest and largest finite value of a series per bucket of `stride` steps, filled as frames arrive, so that a redraw
 * costs the new frames only and a spike survives any zoom. Entry b holds the steps from (first + b) * stride; steps
 * before the first entry are not kept, so that a close look at the end of a long run costs what it shows.
 */
export class Buckets {
  min = new Float64Array(FIRST_LENGTH).fill(Infinity);
  max = new Float64Array(FIRST_LENGTH).fill(-Infinity);
  /** log10 of the two, kept because redraws need them far more often than they change. */
  logMin = new Float64Array(FIRST_LENGTH);
  logMax = new Float64Array(FIRST_LENGTH);
  /** EMPTY, FINITE, INFINITE or NOT_A_NUMBER, the worst that the bucket met. */
  kind = new Uint8Array(FIRST_LENGTH);
  /** Buckets that may hold something. */
  length = 0;
  private rows = 0;

  constructor(
    readonly stride: number,
    readonly revision: number,
    /** Number of the first bucket. */
    readonly first = 0,
  ) {}

  /** First step of an entry. */
  stepOf(b: number): number {
    return (this.first + b) * this.stride;
  }

  /** Adds the rows that are new since the last call. */
  extend(steps: Float64Array, values: Float64Array, count: number): void {
    for (let row = this.rows; row < count; row++) {
      const value = values[row] as number;
      const bucket = Math.floor((steps[row] as number) / this.stride) - this.first;
      if (value !== ABSENT && bucket >= 0) this.add(bucket, value);
    }
    this.rows = count;
  }

  private add(bucket: number, value: number): void {
    while (bucket >= this.kind.length) this.grow();
    this.length = Math.max(this.length, bucket + 1);
    const kind = Number.isNaN(value) ? NOT_A_NUMBER : Number.isFinite(value) ? FINITE : INFINITE;
    const known = this.kind[bucket] as number;
    if (kind === FINITE && value < (this.min[bucket] as number)) {
      this.min[bucket] = value;
      this.logMin[bucket] = Math.log10(value);
    }
    if (kind === FINITE && value > (this.max[bucket] as number)) {
      this.max[bucket] = value;
      this.logMax[bucket] = Math.log10(value);
    }
    if (kind > known) this.kind[bucket] = kind;
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

/** Buckets of every series that is on screen, kept between redraws and rebuilt when the stride or old rows change. */
export class BucketCache {
  private readonly entries = new Map<string, Buckets>();

  constructor(private readonly store: RunStore) {}

  /** Buckets of a column from step `from` on at the latest, up to date with the store. `key` names the column. */
  get(key: string, column: Float64Array, stride: number, from = 0): Buckets {
    const first = Math.floor(from / stride);
    let buckets = this.entries.get(key);
    const fits = buckets?.stride === stride && buckets.first <= first && first - buckets.first <= MAX_LEFT_BEHIND;
    if (buckets === undefined || !fits || buckets.revision !== this.store.revision) {
      buckets = new Buckets(stride, this.store.revision, first);
      this.entries.set(key, buckets);
    }
    buckets.extend(this.store.step, column, this.store.count);
    return buckets;
  }
}

/** Steps per bucket, a power of two, so that `steps` steps make at most `width` buckets. */
export function strideFor(steps: number, width: number): number {
  let stride = 1;
  while (steps / stride > Math.max(1, width)) stride *= 2;
  return stride;
}
