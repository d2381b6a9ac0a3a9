/* Element-wise kernels and sums over columns. */
import { put, take } from './lanes';

/** dz = y > 0 ? dy : 0, where y is the output (or the input) of a relu. NaN in y stops the gradient as in tfjs. */
export function reluGradient(to: usize, dy: usize, y: usize, n: i32): void {
  const zero = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    v128.store(to, v128.and(v128.load(dy), f32x4.gt(v128.load(y), zero)));
    to += 16;
    dy += 16;
    y += 16;
  }
  for (; i < n; i++) {
    store<f32>(to, load<f32>(y) > 0 ? load<f32>(dy) : 0);
    to += 4;
    dy += 4;
    y += 4;
  }
}

/** to[j] += sum over rows of src[i][j]. */
function addColumns(to: usize, src: usize, rows: i32, columns: i32): void {
  const row = <usize>columns << 2;
  let j: usize = 0;
  for (; j + 16 <= row; j += 16) {
    let p = src + j;
    let sum = f32x4.splat(0);
    for (let i = 0; i < rows; i++) {
      sum = f32x4.add(sum, v128.load(p));
      p += row;
    }
    v128.store(to + j, f32x4.add(v128.load(to + j), sum));
  }
  for (; j < row; j += 4) {
    let p = src + j;
    let sum: f32 = 0;
    for (let i = 0; i < rows; i++) {
      sum += load<f32>(p);
      p += row;
    }
    store<f32>(to + j, load<f32>(to + j) + sum);
  }
}

/** Rows that are summed up before they are added to the total: two-level float32 sums. */
export const SUM_ROWS: i32 = 64;

/** to[j] = sum over rows of src[i][j]. */
export function columnSum(to: usize, src: usize, rows: i32, columns: i32): void {
  memory.fill(to, 0, <usize>columns << 2);
  for (let r = 0; r < rows; r += SUM_ROWS) {
    addColumns(to, src + (<usize>(r * columns) << 2), min(SUM_ROWS, rows - r), columns);
  }
}

/** dz = y > 0 ? dy : 0 over rows x columns, and sums [columns] of dz, while a block of rows is in the cache. */
export function reluGradientSums(to: usize, dy: usize, y: usize, rows: i32, columns: i32, sums: usize): void {
  memory.fill(sums, 0, <usize>columns << 2);
  for (let r = 0; r < rows; r += SUM_ROWS) {
    const count = min(SUM_ROWS, rows - r);
    const bytes = <usize>(count * columns) << 2;
    reluGradient(to, dy, y, count * columns);
    addColumns(sums, to, count, columns);
    to += bytes;
    dy += bytes;
    y += bytes;
  }
}

/** Copies x [B, T, I] to [T, B, I]; `back` reverses time. */
export function timeMajor(to: usize, x: usize, B: i32, T: i32, I: i32, back: bool): void {
  const row = <usize>I << 2;
  for (let t = 0; t < T; t++) {
    const time = back ? T - 1 - t : t;
    for (let b = 0; b < B; b++) {
      memory.copy(to, x + <usize>(b * T + time) * row, row);
      to += row;
    }
  }
}

/** Copies x [T, B, I] to [B, T, I]; `back` reverses time. */
export function batchMajor(to: usize, x: usize, B: i32, T: i32, I: i32, back: bool): void {
  const row = <usize>I << 2;
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < T; t++) {
      const time = back ? T - 1 - t : t;
      memory.copy(to, x + <usize>(time * B + b) * row, row);
      to += row;
    }
  }
}

/** to = min(max(x, low), high). NaN stays. */
export function clamp(to: usize, x: usize, low: f32, high: f32, n: i32): void {
  const least = f32x4.splat(low), most = f32x4.splat(high);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    v128.store(to, f32x4.min(f32x4.max(v128.load(x), least), most));
    to += 16;
    x += 16;
  }
  for (; i < n; i++) {
    store<f32>(to, min<f32>(max<f32>(load<f32>(x), low), high));
    to += 4;
    x += 4;
  }
}

/**
 * to = the larger (`largest`) or smaller of a and b, NaN where either is. Rows of n values; a row of a and b starts rowA and rowB
 * bytes after the one before (0: the same row again), and is one value for all n where `oneA`, `oneB`.
 */
export function extreme(
  to: usize, a: usize, rowA: usize, oneA: bool, b: usize, rowB: usize, oneB: bool, rows: i32, n: i32, largest: bool,
): void {
  const size = <usize>n << 2;
  for (let r = 0; r < rows; r++) {
    for (let j: usize = 0; j < size; j += 16) {
      const left = size - j;
      const x = oneA ? v128.load32_splat(a) : take(a + j, left), y = oneB ? v128.load32_splat(b) : take(b + j, left);
      put(to + j, largest ? f32x4.max(x, y) : f32x4.min(x, y), left);
    }
    to += size;
    a += rowA;
    b += rowB;
  }
}
