/** Slope of a straight line through the points, its t-value, and how far the line rises over them. */
export interface Line {
  count: number;
  slope: number;
  /** slope / its standard error; Infinity on a perfect line that is not flat. */
  t: number;
  /** slope x (last x - first x). */
  rise: number;
}

const FLAT: Line = { count: 0, slope: 0, t: 0, rise: 0 };

/**
 * Least squares line through the last `capacity` points. A point costs O(1); a reading costs one pass over the window,
 * so that rounding never accumulates however long a run is.
 */
export class SlidingLine {
  private readonly x: Float64Array;
  private readonly y: Float64Array;
  private next = 0;
  private size = 0;

  constructor(private readonly capacity: number) {
    this.x = new Float64Array(capacity);
    this.y = new Float64Array(capacity);
  }

  /** Adds a point; points that are not finite are left out. */
  push(x: number, y: number): void {
    if (!Number.isFinite(x) || !Number.isFinite(y)) return;
    this.x[this.next] = x;
    this.y[this.next] = y;
    this.next = (this.next + 1) % this.capacity;
    this.size = Math.min(this.size + 1, this.capacity);
  }

  read(): Line {
    const n = this.size;
    if (n < 3) return FLAT;
    let sumX = 0;
    let sumY = 0;
    for (let i = 0; i < n; i++) {
      sumX += this.x[i] as number;
      sumY += this.y[i] as number;
    }
    const meanX = sumX / n;
    const meanY = sumY / n;
    let sxx = 0;
    let sxy = 0;
    let syy = 0;
    for (let i = 0; i < n; i++) {
      const dx = (this.x[i] as number) - meanX;
      const dy = (this.y[i] as number) - meanY;
      sxx += dx * dx;
      sxy += dx * dy;
      syy += dy * dy;
    }
    if (sxx === 0) return FLAT;
    const slope = sxy / sxx;
    const residual = Math.max(0, syy - slope * sxy);
    const error = Math.sqrt(residual / (n - 2) / sxx);
    const first = this.x[(this.next - n + this.capacity) % this.capacity] as number;
    const last = this.x[(this.next - 1 + this.capacity) % this.capacity] as number;
    const t = error > 1e-12 * Math.abs(slope) ? slope / error : slope === 0 ? 0 : Math.sign(slope) * Infinity;
    return { count: n, slope, t, rise: slope * (last - first) };
  }
}
