/** Figures of columns, one entry per column. Missing (NaN) values are left out. */
export interface ColumnStats {
  count: Float64Array;
  mean: Float64Array;
  /** Population standard deviation; exactly 0 for a constant column. */
  deviation: Float64Array;
  min: Float64Array;
  max: Float64Array;
}

/**
 * Statistics of each column of a row-major matrix (rows x width), over the given rows or all, in float64 and in two
 * passes, so that large means cost no digits. A column without values has NaN.
 */
export function columnStats(values: ArrayLike<number>, width: number, rows: ArrayLike<number> | number): ColumnStats {
  const indices = typeof rows === 'number' ? null : rows;
  const rowCount = typeof rows === 'number' ? rows : rows.length;
  const count = new Float64Array(width);
  const mean = new Float64Array(width);
  const deviation = new Float64Array(width);
  const min = new Float64Array(width).fill(Infinity);
  const max = new Float64Array(width).fill(-Infinity);
  for (let r = 0; r < rowCount; r++) {
    const start = (indices === null ? r : (indices[r] as number)) * width;
    for (let j = 0; j < width; j++) {
      const value = values[start + j] as number;
      if (value !== value) continue;
      count[j] = (count[j] as number) + 1;
      mean[j] = (mean[j] as number) + value;
      if (value < (min[j] as number)) min[j] = value;
      if (value > (max[j] as number)) max[j] = value;
    }
  }
  for (let j = 0; j < width; j++) {
    const constant = min[j] === max[j];
    // The sum of equal values divided by their number can differ from them in the last digit.
    mean[j] = constant ? (min[j] as number) : (mean[j] as number) / (count[j] as number);
    if (count[j] === 0) min[j] = max[j] = NaN;
  }
  for (let r = 0; r < rowCount; r++) {
    const start = (indices === null ? r : (indices[r] as number)) * width;
    for (let j = 0; j < width; j++) {
      const distance = (values[start + j] as number) - (mean[j] as number);
      if (distance === distance) deviation[j] = (deviation[j] as number) + distance * distance;
    }
  }
  for (let j = 0; j < width; j++) deviation[j] = Math.sqrt((deviation[j] as number) / (count[j] as number));
  return { count, mean, deviation, min, max };
}
