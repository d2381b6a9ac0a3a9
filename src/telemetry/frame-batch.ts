import type { Evidence, Frame, LayerStats } from './events.js';

/** Numbers kept per layer and frame, in the order of the columns of `FrameBatch.layers`. */
export const LAYER_METRICS = ['gradNorm', 'maxAbs', 'nonFinite', 'zeros', 'weightNorm', 'updateRatio', 'dead', 'saturated'] as const;
/** Columns per layer. */
export const METRIC_COUNT = LAYER_METRICS.length;

/**
 * Consecutive frames in columns of typed arrays, so that a batch crosses processes and pages without being parsed.
 * All arrays have length `count`, except `layers`: [count x layerCount x METRIC_COUNT], row-major.
 * An overshoot that was not probed, a dead or a saturated share that was not measured is `ABSENT`.
 */
export interface FrameBatch {
  count: number;
  layerCount: number;
  step: Float64Array;
  epoch: Float64Array;
  loss: Float64Array;
  learningRate: Float64Array;
  globalGradNorm: Float64Array;
  clippedGradNorm: Float64Array;
  overshoot: Float64Array;
  risk: Float64Array;
  layers: Float64Array;
  /** Evidence of the frames that have some; `index` counts within the batch. */
  riskEvidence: { index: number; evidence: Evidence[] }[];
  /** Rows at the start that are no frames any more but hold extremes of several (thinRows); none where it is absent. */
  thinned?: number;
  /** Frames each of them stands for. */
  framesPerRow?: number;
}

/** No shares and no overshoots are negative, so this can mark a figure that is not there; NaN is a figure. */
export const ABSENT = -1;

/** The columns with one number a frame. Their order is that of the file format in frame-bytes.ts. */
export const COLUMNS = ['step', 'epoch', 'loss', 'learningRate', 'globalGradNorm', 'clippedGradNorm', 'overshoot', 'risk'] as const;

/** Memory of the numbers of one frame. */
export function frameBytes(layerCount: number): number {
  return Float64Array.BYTES_PER_ELEMENT * (COLUMNS.length + layerCount * METRIC_COUNT);
}

/** Packs frames into one batch. Every frame must have `layerCount` layers. */
export function encodeFrames(frames: readonly Frame[], layerCount: number): FrameBatch {
  const count = frames.length;
  const batch = emptyBatch(count, layerCount);
  frames.forEach((frame, i) => {
    putFrame(batch, i, frame);
    if (frame.riskEvidence.length > 0) batch.riskEvidence.push({ index: i, evidence: frame.riskEvidence });
  });
  return batch;
}

/** Writes the numbers of a frame, all but its evidence, into row i of a batch. */
export function putFrame(batch: FrameBatch, i: number, frame: Frame, risk = frame.risk): void {
  batch.step[i] = frame.step;
  batch.epoch[i] = frame.epoch;
  batch.loss[i] = frame.loss;
  batch.learningRate[i] = frame.learningRate;
  batch.globalGradNorm[i] = frame.globalGradNorm;
  batch.clippedGradNorm[i] = frame.clippedGradNorm;
  batch.overshoot[i] = frame.overshoot ?? ABSENT;
  batch.risk[i] = risk;
  const { layers } = batch;
  let at = i * batch.layerCount * METRIC_COUNT;
  for (const stats of frame.layers) {
    layers[at] = stats.gradNorm;
    layers[at + 1] = stats.maxAbs;
    layers[at + 2] = stats.nonFinite;
    layers[at + 3] = stats.zeros;
    layers[at + 4] = stats.weightNorm;
    layers[at + 5] = stats.updateRatio;
    layers[at + 6] = stats.dead ?? ABSENT;
    layers[at + 7] = stats.saturated ?? ABSENT;
    at += METRIC_COUNT;
  }
}

/** Unpacks a batch; the inverse of `encodeFrames`. */
export function decodeFrames(batch: FrameBatch): Frame[] {
  const evidence = new Map(batch.riskEvidence.map((e) => [e.index, e.evidence]));
  return Array.from({ length: batch.count }, (_, i) => ({
    step: at(batch.step, i),
    epoch: at(batch.epoch, i),
    loss: at(batch.loss, i),
    learningRate: at(batch.learningRate, i),
    globalGradNorm: at(batch.globalGradNorm, i),
    clippedGradNorm: at(batch.clippedGradNorm, i),
    overshoot: at(batch.overshoot, i) === ABSENT ? null : at(batch.overshoot, i),
    risk: at(batch.risk, i),
    riskEvidence: evidence.get(i) ?? [],
    layers: Array.from({ length: batch.layerCount }, (__, l) => decodeLayer(batch, i, l)),
  }));
}

function decodeLayer(batch: FrameBatch, i: number, l: number): LayerStats {
  const offset = (i * batch.layerCount + l) * METRIC_COUNT;
  const stats: LayerStats = {
    gradNorm: at(batch.layers, offset),
    maxAbs: at(batch.layers, offset + 1),
    nonFinite: at(batch.layers, offset + 2),
    zeros: at(batch.layers, offset + 3),
    weightNorm: at(batch.layers, offset + 4),
    updateRatio: at(batch.layers, offset + 5),
  };
  const dead = at(batch.layers, offset + 6);
  const saturated = at(batch.layers, offset + 7);
  if (dead !== ABSENT) stats.dead = dead;
  if (saturated !== ABSENT) stats.saturated = saturated;
  return stats;
}

/** The same frames with the evidence of the newest that has some: all that a page shows of it. */
export function withLatestEvidence(batch: FrameBatch): FrameBatch {
  return { ...batch, riskEvidence: batch.riskEvidence.slice(-1) };
}

/** Joins batches of the same layer count into one. */
export function concatBatches(batches: readonly FrameBatch[]): FrameBatch {
  const count = batches.reduce((sum, b) => sum + b.count, 0);
  const out = emptyBatch(count, batches[0]?.layerCount ?? 0);
  let row = 0;
  for (const batch of batches) {
    for (const column of COLUMNS) out[column].set(batch[column].subarray(0, batch.count), row);
    out.layers.set(batch.layers, row * out.layerCount * METRIC_COUNT);
    for (const e of batch.riskEvidence) out.riskEvidence.push({ index: e.index + row, evidence: e.evidence });
    row += batch.count;
  }
  return out;
}

/** Row, at most `end`, at which the steps that rise from row `from` on end: there a run has gone back. */
export function risingEnd(step: Float64Array, from: number, end: number): number {
  let row = from + 1;
  while (row < end && (step[row] as number) > (step[row - 1] as number)) row++;
  return row;
}

/** Rows `from` (included) to `to` (not), copied. */
export function sliceFrames(batch: FrameBatch, from: number, to: number): FrameBatch {
  const width = batch.layerCount * METRIC_COUNT;
  const riskEvidence = batch.riskEvidence.filter(({ index }) => index >= from && index < to);
  const out = {
    ...batch,
    count: to - from,
    layers: batch.layers.slice(from * width, to * width),
    riskEvidence: riskEvidence.map(({ index, evidence }) => ({ index: index - from, evidence })),
  };
  for (const column of COLUMNS) out[column] = batch[column].slice(from, to);
  return out;
}

/** The frames at the given rows, in that order. */
export function selectFrames(batch: FrameBatch, rows: readonly number[]): FrameBatch {
  const out = emptyBatch(rows.length, batch.layerCount);
  const width = batch.layerCount * METRIC_COUNT;
  const place = new Map(rows.map((row, i) => [row, i]));
  rows.forEach((row, i) => {
    for (const column of COLUMNS) out[column][i] = at(batch[column], row);
    out.layers.set(batch.layers.subarray(row * width, (row + 1) * width), i * width);
  });
  for (const e of batch.riskEvidence) {
    const index = place.get(e.index);
    if (index !== undefined) out.riskEvidence.push({ index, evidence: e.evidence });
  }
  return out;
}

/** Room for so many frames. */
export function emptyBatch(count: number, layerCount: number): FrameBatch {
  const column = () => new Float64Array(count);
  return {
    count,
    layerCount,
    step: column(),
    epoch: column(),
    loss: column(),
    learningRate: column(),
    globalGradNorm: column(),
    clippedGradNorm: column(),
    overshoot: column(),
    risk: column(),
    layers: new Float64Array(count * layerCount * METRIC_COUNT),
    riskEvidence: [],
  };
}

function at(column: Float64Array, i: number): number {
  return column[i] as number;
}
