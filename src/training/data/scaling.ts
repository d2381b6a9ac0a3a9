import type { DataConfig } from '../../config/data-schema.js';
import { columnStats } from './column-stats.js';
import type { Block } from './source.js';

export type ScaleName = DataConfig['scale']['inputs'];

/** What turns raw numbers into those of the model: (value * factor - shift) / divisor; missing values become `fill` first. */
export interface Scaling {
  factor: number;
  fill: Float64Array;
  shift: Float64Array;
  divisor: Float64Array;
}

/**
 * Fits the scaling of each column of a block of numbers on the given (training) rows. standard: mean 0, deviation 1;
 * minmax: 0 to 1; the factor comes first. Constant columns keep a divisor of 1 and so become 0.
 * `fill` is the mean, NaN for a column without values.
 */
export function fitScaling(block: Block, rows: Int32Array, scale: ScaleName, factor: number): Scaling {
  const { width } = block;
  const stats = columnStats(block.values, width, rows);
  const scaling = { factor, fill: stats.mean, shift: new Float64Array(width), divisor: new Float64Array(width).fill(1) };
  if (scale === 'none') return scaling;
  for (let j = 0; j < width; j++) {
    // Values filled in with the mean narrow the distribution.
    const share = (stats.count[j] as number) / rows.length;
    const spread =
      scale === 'standard'
        ? (stats.deviation[j] as number) * Math.sqrt(share) * Math.abs(factor)
        : Math.abs(((stats.max[j] as number) - (stats.min[j] as number)) * factor);
    const low = factor < 0 ? stats.max : stats.min;
    scaling.shift[j] = factor * ((scale === 'standard' ? stats.mean : low)[j] as number);
    if (spread > 0) scaling.divisor[j] = spread;
  }
  return scaling;
}

/** Writes the scaled rows of a block into columns `offset`... of a row-major matrix of `outWidth` columns. */
export function writeScaled(block: Block, rows: Int32Array, scaling: Scaling, out: Float32Array, outWidth: number, offset: number): void {
  const { values, width } = block;
  const { factor, fill, shift, divisor } = scaling;
  for (let r = 0; r < rows.length; r++) {
    const from = (rows[r] as number) * width;
    const to = r * outWidth + offset;
    for (let j = 0; j < width; j++) {
      const raw = values[from + j] as number;
      const value = raw === raw ? raw : (fill[j] as number);
      out[to + j] = (value * factor - (shift[j] as number)) / (divisor[j] as number);
    }
  }
}
