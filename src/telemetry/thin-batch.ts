import { COLUMNS, METRIC_COUNT, sliceFrames, type FrameBatch } from './frame-batch.js';
import { thinRows, thinSteps } from './thin-rows.js';

/** Columns that only rise. */
const RISING: ReadonlySet<string> = new Set(['step', 'epoch']);

/**
 * A batch in which of each group of `size` rows two are left: of every series by itself its smallest and its largest value
 * (thinRows), of the evidence the newest. Rows that make no whole group stay as they are, at the end.
 */
export function thinBatch(batch: FrameBatch, size: number): FrameBatch {
  const { count, layerCount } = batch;
  const groups = Math.floor(count / size);
  const thinned = 2 * groups;
  const rest = groups * size;
  const width = layerCount * METRIC_COUNT;
  const out = sliceFrames(batch, 0, count);
  for (const name of COLUMNS) {
    if (RISING.has(name)) thinSteps(out[name], 0, groups, size);
    else thinRows(out[name], 0, groups, size);
    out[name].copyWithin(thinned, rest, count);
  }
  for (let offset = 0; offset < width; offset++) thinRows(out.layers, 0, groups, size, { stride: width, offset });
  out.layers.copyWithin(thinned * width, rest * width, count * width);
  const evidence = new Map(
    out.riskEvidence.map((e) => [e.index < rest ? 2 * Math.floor(e.index / size) + 1 : e.index - rest + thinned, e.evidence]),
  );
  return { ...sliceFrames(out, 0, thinned + count - rest), riskEvidence: [...evidence].map(([index, e]) => ({ index, evidence: e })) };
}
