import { concatBatches, frameBytes, selectFrames, type FrameBatch } from './frame-batch.js';

/** Memory a ring may hold unless told otherwise: 16 MiB, about 65,000 frames of a net with three layers. */
const DEFAULT_RING_BYTES = 16 * 2 ** 20;
/** Rows gathered before a chunk is closed; one thinning handles two chunks, well below a millisecond. */
const CHUNK_ROWS = 256;

interface Chunk {
  batch: FrameBatch;
  /** How often its frames have been thinned: one frame stands for 2^level. */
  level: number;
}

/**
 * The frames of a run in bounded memory. When it is full, the oldest part is thinned: of two neighbours the one with
 * the larger gradient norm stays (NaN counts as largest), so that a spike is never lost and the whole run stays visible.
 */
export class FrameRing {
  private chunks: Chunk[] = [];
  private rows = 0;
  /** Most frames it keeps. */
  readonly capacity: number;

  /** `limitBytes` bounds the numbers of the frames; the texts of their evidence come on top. */
  constructor(
    readonly layerCount: number,
    limitBytes = DEFAULT_RING_BYTES,
  ) {
    this.capacity = Math.max(2 * CHUNK_ROWS, Math.floor(limitBytes / frameBytes(layerCount)));
  }

  /** Frames kept now. */
  get count(): number {
    return this.rows;
  }

  /** Bytes of the numbers kept now. */
  get bytes(): number {
    return this.rows * frameBytes(this.layerCount);
  }

  /** Adds frames that follow those it has. Throws where the number of layers differs. */
  append(batch: FrameBatch): void {
    if (batch.layerCount !== this.layerCount)
      throw new RangeError(`A frame of ${batch.layerCount} layers in a ring of ${this.layerCount}.`);
    for (let from = 0; from < batch.count; from += CHUNK_ROWS) {
      const to = Math.min(batch.count, from + CHUNK_ROWS);
      this.push(to - from === batch.count ? batch : selectFrames(batch, range(from, to)));
      while (this.rows > this.capacity && this.chunks.length > 1) this.thin();
    }
  }

  /** Everything kept, oldest first; null where nothing is. */
  snapshot(): FrameBatch | null {
    return this.rows === 0 ? null : concatBatches(this.chunks.map((chunk) => chunk.batch));
  }

  private push(batch: FrameBatch): void {
    const last = this.chunks.at(-1);
    this.rows += batch.count;
    if (last !== undefined && last.level === 0 && last.batch.count + batch.count <= CHUNK_ROWS)
      last.batch = concatBatches([last.batch, batch]);
    else this.chunks.push({ batch, level: 0 });
  }

  /** Joins the two oldest neighbours of one level, or the two oldest of all, and halves them. */
  private thin(): void {
    const equal = this.chunks.findIndex((chunk, i) => chunk.level === this.chunks[i + 1]?.level);
    const i = Math.max(0, equal);
    const pair = this.chunks.slice(i, i + 2);
    const joined = concatBatches(pair.map((chunk) => chunk.batch));
    const kept = louderOfPairs(joined.globalGradNorm);
    // The newest frame stays, loud or not: it says where the run is.
    if (i + 2 === this.chunks.length && kept.at(-1) !== joined.count - 1) kept.push(joined.count - 1);
    const batch = selectFrames(joined, kept);
    this.chunks.splice(i, 2, { batch, level: Math.max(...pair.map((chunk) => chunk.level)) + 1 });
    this.rows += batch.count - joined.count;
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

function louderOfPairs(norms: Float64Array): number[] {
  const kept: number[] = [];
  for (let i = 0; i < norms.length; i += 2)
    kept.push(i + 1 < norms.length && isLouder(norms[i + 1] as number, norms[i] as number) ? i + 1 : i);
  return kept;
}

function isLouder(a: number, b: number): boolean {
  return !Number.isNaN(b) && (Number.isNaN(a) || a > b);
}
