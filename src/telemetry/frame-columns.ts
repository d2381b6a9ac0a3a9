import type { Evidence, Frame } from './events.js';
import { COLUMNS, emptyBatch, METRIC_COUNT, putFrame, type FrameBatch } from './frame-batch.js';

const FIRST_CAPACITY = 64;
/** Place of its name, value, limit. */
const EVIDENCE_NUMBERS = 3;

/**
 * Frames on their way: their numbers are copied into columns at once, so that no frame is kept as an object. The columns are used
 * again and again.
 */
export class FrameColumns {
  /** Frames waiting. */
  count = 0;
  private capacity = FIRST_CAPACITY;
  private columns: FrameBatch;
  /** Of each frame, where its evidence ends. */
  private evidenceEnd: number[] = [];
  private evidence: number[] = [];
  private readonly names: string[] = [];

  constructor(readonly layerCount: number) {
    this.columns = emptyBatch(FIRST_CAPACITY, layerCount);
  }

  /** Adds a frame of `layerCount` layers, with the risk and evidence given. */
  push(frame: Frame, risk: number, evidence: readonly Evidence[]): void {
    if (this.count === this.capacity) this.grow();
    putFrame(this.columns, this.count, frame, risk);
    for (const { name, value, limit } of evidence) this.evidence.push(this.placeOf(name), value, limit);
    this.evidenceEnd.push(this.evidence.length / EVIDENCE_NUMBERS);
    this.count += 1;
  }

  /** All that wait, as a batch of its own; then none do. */
  take(): FrameBatch {
    const { count, layerCount, columns } = this;
    const batch = {
      ...columns,
      count,
      layers: columns.layers.slice(0, count * layerCount * METRIC_COUNT),
      riskEvidence: this.takeEvidence(),
    };
    for (const column of COLUMNS) batch[column] = columns[column].slice(0, count);
    this.count = 0;
    this.evidence = [];
    this.evidenceEnd = [];
    return batch;
  }

  /** There are a handful of names. */
  private placeOf(name: string): number {
    const place = this.names.indexOf(name);
    return place >= 0 ? place : this.names.push(name) - 1;
  }

  private takeEvidence(): FrameBatch['riskEvidence'] {
    const taken: FrameBatch['riskEvidence'] = [];
    let from = 0;
    for (const [index, end] of this.evidenceEnd.entries()) {
      if (end > from) taken.push({ index, evidence: Array.from({ length: end - from }, (_, k) => this.evidenceAt(from + k)) });
      from = end;
    }
    return taken;
  }

  private evidenceAt(k: number): Evidence {
    const [place = 0, value = NaN, limit = NaN] = this.evidence.slice(k * EVIDENCE_NUMBERS, (k + 1) * EVIDENCE_NUMBERS);
    return { name: this.names[place] ?? '', value, limit };
  }

  private grow(): void {
    const old = this.columns;
    this.capacity *= 2;
    this.columns = emptyBatch(this.capacity, this.layerCount);
    for (const column of COLUMNS) this.columns[column].set(old[column]);
    this.columns.layers.set(old.layers);
  }
}
