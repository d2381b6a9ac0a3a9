/* The penalties of weights, l1 |w| + l2 w^2, and their gradients. */
import { high, low, sum2 } from './lanes';

/**
 * to = g + l1 sign(w) + 2 l2 w over n entries, where sign(0) = 0. Adds l1 sum |w| + l2 sum w^2 to `sum`, one float64. NaN in w
 * stays NaN.
 */
export function addPenalty(n: i32, to: usize, g: usize, w: usize, l1: f32, l2: f32, sum: usize): void {
  const zero = f32x4.splat(0), first = f32x4.splat(l1), second = f32x4.splat(2 * l2);
  let sizes = f64x2.splat(0), squares = sizes;
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const weight = v128.load(w), size = f32x4.abs(weight);
    const front = low(size), back = high(size);
    sizes = f64x2.add(sizes, f64x2.add(front, back));
    squares = f64x2.add(squares, f64x2.add(f64x2.mul(front, front), f64x2.mul(back, back)));
    const up = v128.and(first, f32x4.gt(weight, zero)), down = v128.and(first, f32x4.lt(weight, zero));
    const slope = f32x4.add(f32x4.sub(up, down), f32x4.mul(second, weight));
    v128.store(to, f32x4.add(v128.load(g), slope));
    to += 16;
    g += 16;
    w += 16;
  }
  let sumOfSizes = sum2(sizes), sumOfSquares = sum2(squares);
  for (; i < n; i++) {
    const weight = load<f32>(w), size = <f64>abs(weight);
    sumOfSizes += size;
    sumOfSquares += size * size;
    const sign: f32 = weight > 0 ? l1 : weight < 0 ? -l1 : 0;
    store<f32>(to, load<f32>(g) + (sign + 2 * l2 * weight));
    to += 4;
    g += 4;
    w += 4;
  }
  store<f64>(sum, load<f64>(sum) + <f64>l1 * sumOfSizes + <f64>l2 * sumOfSquares);
}
