/*
 * Clipping of gradients by value and by unit. What is measured here is what clipping leaves, so that the norm after it is known
 * before the update; the update (updates.ts) cuts each chunk of the gradient as it reads it.
 */
import { addNumber, count4, high, low, sum2 } from './lanes';

/** Smallest weight norm adaptive clipping reckons with, so that weights of 0 can start to move. */
const MIN_UNIT_NORM: f64 = 1e-3;

@inline
function squares(v: v128): v128 {
  const front = low(v), back = high(v);
  return f64x2.add(f64x2.mul(front, front), f64x2.mul(back, back));
}

/** Adds to `sums`, 2 float64: the sum of min(|g|, limit)^2 over n entries (NaN where one is), and the number beyond the limit. */
export function limitedSquares(n: i32, g: usize, limit: f32, sums: usize): void {
  const most = f32x4.splat(limit);
  let total = f64x2.splat(0), beyond = i32x4.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const size = f32x4.abs(v128.load(g));
    beyond = i32x4.sub(beyond, f32x4.gt(size, most));
    // NaN is not below the limit, and pmin hands it on.
    total = f64x2.add(total, squares(f32x4.pmin(size, most)));
    g += 16;
  }
  let sum = sum2(total), count = count4(beyond);
  for (; i < n; i++) {
    const size = <f64>abs(load<f32>(g));
    if (size > <f64>limit) count++;
    const kept = size > <f64>limit ? <f64>limit : size;
    sum += kept * kept;
    g += 4;
  }
  addNumber(sums, sum);
  addNumber(sums + 8, <f64>count);
}

/** to[c] += squares of column c of x [rows, columns], float64. */
function columnSquares(to: usize, x: usize, rows: i32, columns: i32): void {
  for (let r = 0; r < rows; r++) {
    let at = to, c = 0;
    for (; c + 4 <= columns; c += 4) {
      const v = v128.load(x);
      const front = low(v), back = high(v);
      v128.store(at, f64x2.add(v128.load(at), f64x2.mul(front, front)));
      v128.store(at, f64x2.add(v128.load(at, 16), f64x2.mul(back, back)), 16);
      x += 16;
      at += 32;
    }
    for (; c < columns; c++) {
      const value = <f64>load<f32>(x);
      store<f64>(at, load<f64>(at) + value * value);
      x += 4;
      at += 8;
    }
  }
}

/** Bytes of scratch memory of `unitScales`. */
export function unitScalesScratch(columns: i32): i32 {
  return columns * 16;
}

/**
 * Adaptive gradient clipping (Brock et al. 2021, NFNets): a unit is a column of g and w [rows, columns].
 * scales[c] = min(1, threshold max(norm(w_c), 1e-3) / norm(g_c)). Adds to `sums`, 2 float64: the sum of (scales g)^2, and the number
 * of units with a scale below 1. Where a gradient is not finite all scales are 1: there is none that would heal it.
 */
export function unitScales(
  scales: usize, g: usize, w: usize, rows: i32, columns: i32, threshold: f64, sums: usize, scratch: usize,
): void {
  const ofG = scratch, ofW = scratch + (<usize>columns << 3);
  memory.fill(scratch, 0, <usize>columns << 4);
  columnSquares(ofG, g, rows, columns);
  columnSquares(ofW, w, rows, columns);
  let whole: f64 = 0, left: f64 = 0, cut = 0;
  for (let c = 0; c < columns; c++) {
    const square = load<f64>(ofG + (<usize>c << 3));
    const allowed = threshold * max<f64>(sqrt<f64>(load<f64>(ofW + (<usize>c << 3))), MIN_UNIT_NORM), norm = sqrt<f64>(square);
    const beyond = norm > allowed;
    whole += square;
    left += beyond ? allowed * allowed : square;
    if (beyond) cut++;
    store<f32>(scales + (<usize>c << 2), beyond ? <f32>(allowed / norm) : 1);
  }
  if (!(whole - whole == 0)) {
    for (let c = 0; c < columns; c++) store<f32>(scales + (<usize>c << 2), 1);
    left = whole;
    cut = 0;
  }
  addNumber(sums, left);
  addNumber(sums + 8, <f64>cut);
}

/**
 * Entries start .. start + count of a gradient whose first entry is at g, as the update shall see them: each times the scale of
 * its unit (entry i belongs to unit i mod columns), or where `units` is 0 within +-limit, NaN kept. Returns `buffer`, or
 * where nothing is to be done their own address.
 */
export function cutChunk(buffer: usize, g: usize, start: i32, count: i32, limit: f32, units: usize, columns: i32): usize {
  const from = g + (<usize>start << 2);
  if (!units && limit == Infinity) return from;
  let to = buffer, p = from;
  if (!units) {
    const most = f32x4.splat(limit), least = f32x4.splat(-limit);
    let i = 0;
    for (; i + 4 <= count; i += 4) {
      v128.store(to, f32x4.pmax(f32x4.pmin(v128.load(p), most), least));
      to += 16;
      p += 16;
    }
    for (; i < count; i++) {
      store<f32>(to, min<f32>(max<f32>(load<f32>(p), -limit), limit));
      to += 4;
      p += 4;
    }
    return buffer;
  }
  let c = start % columns;
  for (let i = 0; i < count; i++) {
    store<f32>(to, load<f32>(p) * load<f32>(units + (<usize>c << 2)));
    to += 4;
    p += 4;
    if (++c == columns) c = 0;
  }
  return buffer;
}
