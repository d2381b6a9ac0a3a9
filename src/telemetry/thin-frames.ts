import { METRIC_COUNT, selectFrames, type FrameBatch } from './frame-batch.js';

/** Rows a stretch keeps: lowest and highest loss, lowest and highest norm, the loudest layer, what is no number. */
const KEPT_PER_STRETCH = 6;

/**
 * At most about `limit` frames of a run, so chosen that what a chart shows stays: of each stretch of frames those with the
 * smallest and the largest loss and gradient norm, the one in which a layer is loudest against its own mean, and the first with
 * a value that is no number. The first and the last frame stay. The frames are those measured, none is averaged.
 */
export function thinFrames(batch: FrameBatch, limit: number): FrameBatch {
  if (batch.count <= limit) return batch;
  const stretches = Math.max(1, Math.floor(limit / KEPT_PER_STRETCH));
  const loudest = loudestLayers(batch);
  const rows = new Set([0, batch.count - 1]);
  for (let i = 0; i < stretches; i++) {
    const from = Math.floor((i * batch.count) / stretches);
    const to = Math.floor(((i + 1) * batch.count) / stretches);
    for (const column of [batch.loss, batch.globalGradNorm]) {
      rows.add(largest(from, to, (row) => column[row] as number));
      rows.add(largest(from, to, (row) => -(column[row] as number)));
    }
    rows.add(largest(from, to, (row) => loudest[row] as number));
    for (let row = from; row < to; row++)
      if (!Number.isFinite((batch.loss[row] as number) + (batch.globalGradNorm[row] as number) + (loudest[row] as number))) {
        rows.add(row);
        break;
      }
  }
  return selectFrames(
    batch,
    [...rows].sort((a, b) => a - b),
  );
}

/** Row of the largest finite value; the first row where there is none. */
function largest(from: number, to: number, value: (row: number) => number): number {
  let best = from;
  let most = -Infinity;
  for (let row = from; row < to; row++) {
    const here = value(row);
    if (here > most && here < Infinity) [best, most] = [row, here];
  }
  return best;
}

/** Of each frame the gradient norm of the layer that is loudest against its own mean, as a multiple of that mean. */
function loudestLayers(batch: FrameBatch): Float64Array {
  const { count, layerCount, layers } = batch;
  const means = layerMeans(batch);
  return Float64Array.from({ length: count }, (_, row) => {
    let most = 0;
    for (let l = 0; l < layerCount; l++) most = Math.max(most, (layers[(row * layerCount + l) * METRIC_COUNT] as number) / (means[l] || 1));
    return most;
  });
}

/** Mean of the finite gradient norms of each layer. */
function layerMeans({ count, layerCount, layers }: FrameBatch): number[] {
  return Array.from({ length: layerCount }, (_, l) => {
    let sum = 0;
    let finite = 0;
    for (let row = 0; row < count; row++) {
      const norm = layers[(row * layerCount + l) * METRIC_COUNT] as number;
      if (!Number.isFinite(norm)) continue;
      sum += norm;
      finite += 1;
    }
    return finite === 0 ? 1 : sum / finite;
  });
}
