/*
 * Rectifiers with a parameter: prelu (He et al. 2015), y = x > 0 ? x : alpha x with an alpha for each column of x [rows, n], and
 * thresholded relu (Konda et al. 2014), y = x > theta ? x : 0. NaN stays NaN.
 */
import { SUM_ROWS } from './elements';
import { put, take } from './lanes';

/** to = x > 0 ? dy : alpha dy, rows of n; with dy = x this is prelu itself. */
export function preluGradient(to: usize, dy: usize, x: usize, alpha: usize, rows: i32, n: i32): void {
  const size = <usize>n << 2, zero = f32x4.splat(0);
  for (let r = 0; r < rows; r++) {
    for (let j: usize = 0; j < size; j += 16) {
      const left = size - j, d = take(dy + j, left);
      put(to + j, v128.bitselect(d, f32x4.mul(d, take(alpha + j, left)), f32x4.gt(take(x + j, left), zero)), left);
    }
    to += size;
    dy += size;
    x += size;
  }
}

/** to [n] = column sums of x > 0 ? 0 : dy x, the gradient of alpha. */
export function preluSlopeGradient(to: usize, dy: usize, x: usize, rows: i32, n: i32): void {
  const size = <usize>n << 2, zero = f32x4.splat(0);
  memory.fill(to, 0, size);
  for (let start = 0; start < rows; start += SUM_ROWS) {
    const count = min(SUM_ROWS, rows - start);
    for (let j: usize = 0; j < size; j += 16) {
      const left = size - j;
      let p = x + j, q = dy + j, sum = zero;
      for (let r = 0; r < count; r++) {
        const value = take(p, left);
        sum = f32x4.add(sum, v128.andnot(f32x4.mul(value, take(q, left)), f32x4.gt(value, zero)));
        p += size;
        q += size;
      }
      put(to + j, f32x4.add(take(to + j, left), sum), left);
    }
    x += <usize>count * size;
    dy += <usize>count * size;
  }
}

/** to = x > theta ? dy : 0; with dy = x this is thresholded relu itself, NaN kept. */
export function thresholded(to: usize, dy: usize, x: usize, theta: f32, n: i32): void {
  const size = <usize>n << 2, limit = f32x4.splat(theta);
  for (let j: usize = 0; j < size; j += 16) {
    const left = size - j, value = take(x + j, left), d = take(dy + j, left);
    put(to + j, v128.and(d, v128.or(f32x4.gt(value, limit), f32x4.ne(d, d))), left);
  }
}
