/*
 * The statistics of one variable at one step, accumulated in float64 so that neither 1e20 overflows nor long sums drift.
 * They are a by-product of the update: it is computed in chunks that stay in the first-level cache, and each chunk is
 * summed up right after it was written.
 */
import { addNumber, count4, high, low, sum2 } from './lanes';

/** Largest of four floats that are not negative, from their bits: those of a NaN are above all others. */
@inline
function largest4(bits: v128): f32 {
  return reinterpret<f32>(max(
    max(i32x4.extract_lane(bits, 0), i32x4.extract_lane(bits, 1)),
    max(i32x4.extract_lane(bits, 2), i32x4.extract_lane(bits, 3)),
  ));
}

/**
 * Adds n entries of a gradient to `stats`, 4 float64: sum of g^2, largest |g| (both NaN where an entry is), number of
 * entries that are NaN or infinite, number of zeros.
 */
export function gradientStatistics(n: i32, g: usize, stats: usize): void {
  const zero = f32x4.splat(0), start = g;
  let fronts = f64x2.splat(0), backs = fronts, largest = zero, zeros = i32x4.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const value = v128.load(g);
    const front = low(value), back = high(value);
    // Two sums side by side: the additions do not wait for each other.
    fronts = f64x2.add(fronts, f64x2.mul(front, front));
    backs = f64x2.add(backs, f64x2.mul(back, back));
    // As integers: f32x4.max, which keeps NaN too, is many instructions.
    largest = i32x4.max_s(largest, f32x4.abs(value));
    // Comparisons give -1 per lane.
    zeros = i32x4.sub(zeros, f32x4.eq(value, zero));
    g += 16;
  }
  let total = sum2(f64x2.add(fronts, backs)), most = largest4(largest), zeroCount = count4(zeros);
  for (; i < n; i++) {
    const value = load<f32>(g);
    total += <f64>value * <f64>value;
    most = max(most, abs(value));
    if (value == 0) zeroCount++;
    g += 4;
  }
  addGradient(total, most, zeroCount, n, start, stats);
}

@inline
function addGradient(squares: f64, largest: f32, zeros: i32, n: i32, g: usize, stats: usize): void {
  addNumber(stats, squares);
  store<f64>(stats, max(load<f64>(stats, 8), <f64>largest), 8);
  // No sum of squares of float32 overflows float64: it is finite where every entry is.
  if (squares - squares != 0) addNumber(stats + 16, <f64>countNonFinite(n, g));
  addNumber(stats + 24, <f64>zeros);
}

function countNonFinite(n: i32, g: usize): i32 {
  let count = 0;
  for (let i = 0; i < n; i++) {
    const value = load<f32>(g);
    if (value - value != 0) count++;
    g += 4;
  }
  return count;
}

/** Adds the sum of g^2 over n entries of a gradient to `sum`, one float64: the same bits as `gradientStatistics`, in half the time. */
export function gradientSquares(n: i32, g: usize, sum: usize): void {
  let fronts = f64x2.splat(0), backs = fronts;
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const value = v128.load(g);
    const front = low(value), back = high(value);
    fronts = f64x2.add(fronts, f64x2.mul(front, front));
    backs = f64x2.add(backs, f64x2.mul(back, back));
    g += 16;
  }
  let total = sum2(f64x2.add(fronts, backs));
  for (; i < n; i++) {
    const value = <f64>load<f32>(g);
    total += value * value;
    g += 4;
  }
  addNumber(sum, total);
}

/** Adds n weights before (w) and after (next) the update to `stats`, 3 float64: sum w^2, sum (next - w)^2, sum g * (next - w). */
export function updateStatistics(n: i32, w: usize, next: usize, g: usize, stats: usize): void {
  let weights = f64x2.splat(0), updates = weights, change = weights;
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const before = v128.load(w), gradient = v128.load(g);
    const step = f32x4.sub(v128.load(next), before);
    const b0 = low(before), b1 = high(before), s0 = low(step), s1 = high(step);
    weights = f64x2.add(weights, f64x2.add(f64x2.mul(b0, b0), f64x2.mul(b1, b1)));
    updates = f64x2.add(updates, f64x2.add(f64x2.mul(s0, s0), f64x2.mul(s1, s1)));
    change = f64x2.add(change, f64x2.add(f64x2.mul(s0, low(gradient)), f64x2.mul(s1, high(gradient))));
    w += 16;
    next += 16;
    g += 16;
  }
  let sumW = sum2(weights), sumU = sum2(updates), sumC = sum2(change);
  for (; i < n; i++) {
    const before = <f64>load<f32>(w), step = <f64>(load<f32>(next) - load<f32>(w));
    sumW += before * before;
    sumU += step * step;
    sumC += step * <f64>load<f32>(g);
    w += 4;
    next += 4;
    g += 4;
  }
  addNumber(stats, sumW);
  addNumber(stats + 8, sumU);
  addNumber(stats + 16, sumC);
}

/** Where in the 8 float64 of a variable `stepStatistics` finds the sums of the update, and what it is to sum up. */
const UPDATE_SUMS: usize = 32;
const WANTED: usize = 56;

/**
 * Adds a piece of a variable and its update to `stats`, 8 float64: the 4 of `gradientStatistics`, the 3 of `updateStatistics`, and one that
 * the caller sets: 0 where only the sum of g^2 is wanted. Both in one pass: most of the time goes into the conversions to float64.
 */
export function stepStatistics(n: i32, w: usize, next: usize, g: usize, stats: usize): void {
  if (load<f64>(stats, WANTED) == 0) return gradientSquares(n, g, stats);
  const zero = f32x4.splat(0), start = g;
  let squares = f64x2.splat(0), weights = squares, updates = squares, change = squares, largest = zero, zeros = i32x4.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const value = v128.load(g), before = v128.load(w), step = f32x4.sub(v128.load(next), before);
    largest = i32x4.max_s(largest, f32x4.abs(value));
    zeros = i32x4.sub(zeros, f32x4.eq(value, zero));
    const g0 = low(value), g1 = high(value), b0 = low(before), b1 = high(before), s0 = low(step), s1 = high(step);
    squares = f64x2.add(squares, f64x2.add(f64x2.mul(g0, g0), f64x2.mul(g1, g1)));
    weights = f64x2.add(weights, f64x2.add(f64x2.mul(b0, b0), f64x2.mul(b1, b1)));
    updates = f64x2.add(updates, f64x2.add(f64x2.mul(s0, s0), f64x2.mul(s1, s1)));
    change = f64x2.add(change, f64x2.add(f64x2.mul(s0, g0), f64x2.mul(s1, g1)));
    g += 16; w += 16; next += 16;
  }
  addGradient(sum2(squares), largest4(largest), count4(zeros), i, start, stats);
  addNumber(stats + UPDATE_SUMS, sum2(weights));
  addNumber(stats + UPDATE_SUMS + 8, sum2(updates));
  addNumber(stats + UPDATE_SUMS + 16, sum2(change));
  if (i == n) return;
  gradientStatistics(n - i, g, stats);
  updateStatistics(n - i, w, next, g, stats + UPDATE_SUMS);
}
