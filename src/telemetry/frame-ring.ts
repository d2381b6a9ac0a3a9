import { concatBatches, frameBytes, risingEnd, sliceFrames, type FrameBatch } from './frame-batch.js';
import { thinBatch } from './thin-batch.js';

/** Memory a ring may hold unless told otherwise: 16 MiB, about 65,000 frames of a net with three layers. */
const DEFAULT_RING_BYTES = 16 * 2 ** 20;
/** Rows gathered before a chunk is closed, and about the rows that are thinned at once: a millisecond of work. */
const CHUNK_ROWS = 256;

/** What is kept of the frames of a run; it does not change any more. */
export interface KeptFrames {
  count: number;
  layerCount: number;
  /** Oldest first. */
  batches: readonly FrameBatch[];
  /** Rows at the start that hold extremes of `framesPerRow` frames each. */
  thinned: number;
  framesPerRow: number;
}

/** A batch as what is kept of a run. */
export function keptOf(batch: FrameBatch): KeptFrames {
  const { count, layerCount, thinned = 0, framesPerRow = 1 } = batch;
  return { count, layerCount, batches: [batch], thinned, framesPerRow };
}

/**
 * The frames of a run in bounded memory. When it is full, the oldest frames that are still as they came join the thinned rows at
 * the start of the run, which all stand for the same number of frames and of which every series by itself keeps its smallest and
 * its largest value (thinRows): a spike of any layer is never lost, and the whole run stays visible. At least the newest quarter
 * is as it came.
 */
export class FrameRing {
  /** Thinned rows, oldest first. */
  private old: FrameBatch[] = [];
  /** Frames as they came. */
  private fresh: FrameBatch[] = [];
  private rows = 0;
  private oldRows = 0;
  private framesPerRow = 1;
  private lastStep = -Infinity;
  /** Most frames it keeps. */
  readonly capacity: number;

  /** `limitBytes` bounds the numbers of the frames; the texts of their evidence come on top. */
  constructor(
    readonly layerCount: number,
    limitBytes = DEFAULT_RING_BYTES,
  ) {
    this.capacity = Math.max(2 * CHUNK_ROWS, Math.floor(limitBytes / frameBytes(layerCount)));
  }

  /** Rows kept now. */
  get count(): number {
    return this.rows;
  }

  /** Bytes of the numbers kept now. */
  get bytes(): number {
    return this.rows * frameBytes(this.layerCount);
  }

  /**
   * Adds frames. Frames at steps it already has replace what it has from there on (a run that went back). Thinned rows are taken
   * as such by an empty ring. Throws where the number of layers differs.
   */
  append(batch: FrameBatch): void {
    if (batch.layerCount !== this.layerCount)
      throw new RangeError(`A frame of ${batch.layerCount} layers in a ring of ${this.layerCount}.`);
    let from = this.rows === 0 ? this.takeThinned(batch) : 0;
    while (from < batch.count) {
      this.goBackTo(batch.step[from] as number);
      const to = Math.min(risingEnd(batch.step, from, batch.count), from + CHUNK_ROWS);
      this.push(from === 0 && to === batch.count ? batch : sliceFrames(batch, from, to));
      while (this.rows > this.capacity) this.thin();
      from = to;
    }
  }

  /** Everything kept, without a copy; null where nothing is. */
  kept(): KeptFrames | null {
    const { rows: count, layerCount, oldRows: thinned, framesPerRow } = this;
    return count === 0 ? null : { count, layerCount, batches: [...this.old, ...this.fresh], thinned, framesPerRow };
  }

  /** Everything kept, oldest first, in one batch that says how much of it is thinned; null where nothing is. */
  snapshot(): FrameBatch | null {
    if (this.rows === 0) return null;
    const all = concatBatches([...this.old, ...this.fresh]);
    return this.oldRows === 0 ? all : { ...all, thinned: this.oldRows, framesPerRow: this.framesPerRow };
  }

  /** Takes the thinned rows at the start of a batch; returns their number. */
  private takeThinned(batch: FrameBatch): number {
    const { thinned = 0, framesPerRow = 1 } = batch;
    if (thinned === 0) return 0;
    this.old = [sliceFrames(batch, 0, thinned)];
    this.rows = this.oldRows = thinned;
    this.framesPerRow = framesPerRow;
    this.lastStep = batch.step[thinned - 1] as number;
    return thinned;
  }

  private push(batch: FrameBatch): void {
    const last = this.fresh.at(-1);
    if (last !== undefined && last.count + batch.count <= CHUNK_ROWS) this.fresh[this.fresh.length - 1] = concatBatches([last, batch]);
    else this.fresh.push(batch);
    this.rows += batch.count;
    this.lastStep = batch.step[batch.count - 1] as number;
  }

  /** Forgets the rows from a step on: the run has gone back before it. */
  goBackTo(step: number): void {
    if (step > this.lastStep) return;
    const before = (batch: FrameBatch) => {
      const end = batch.step.subarray(0, batch.count).findIndex((known) => known >= step);
      return end < 0 ? batch : sliceFrames(batch, 0, end);
    };
    this.fresh = this.fresh.map(before).filter(({ count }) => count > 0);
    this.old = this.old.map(before).filter(({ count }) => count > 0);
    this.oldRows = rowsOf(this.old);
    this.rows = this.oldRows + rowsOf(this.fresh);
  }

  /** Halves the thinned rows where they are half of all; else thins the oldest of the others, a quarter of all at most. */
  private thin(): void {
    const quarter = this.capacity >> 2;
    if (this.oldRows >= this.capacity >> 1) {
      this.old = [thinBatch(concatBatches(this.old), 4)];
      this.framesPerRow = Math.min(this.framesPerRow * 2, quarter >> 1);
    } else {
      this.framesPerRow = Math.max(2, this.framesPerRow);
      const size = 2 * this.framesPerRow;
      const groups = Math.max(1, Math.floor(Math.min(quarter, CHUNK_ROWS) / size));
      this.old.push(thinBatch(this.takeOldest(groups * size), size));
    }
    this.oldRows = rowsOf(this.old);
    this.rows = this.oldRows + rowsOf(this.fresh);
  }

  /** Takes the oldest rows away that are as they came. */
  private takeOldest(rows: number): FrameBatch {
    let [taken, chunks] = [0, 0];
    while (taken < rows && chunks < this.fresh.length) taken += (this.fresh[chunks++] as FrameBatch).count;
    const joined = concatBatches(this.fresh.slice(0, chunks));
    const rest = sliceFrames(joined, Math.min(rows, joined.count), joined.count);
    this.fresh.splice(0, chunks, ...(rest.count > 0 ? [rest] : []));
    return sliceFrames(joined, 0, Math.min(rows, joined.count));
  }
}

function rowsOf(batches: readonly FrameBatch[]): number {
  return batches.reduce((sum, { count }) => sum + count, 0);
}
