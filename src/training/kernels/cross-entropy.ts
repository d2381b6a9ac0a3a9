/*
 * Softmax with cross-entropy from logits over x [N, C], by rows and without overflow:
 *   p = exp(x - max) / s,  s = sum of exp(x - max),  loss = (max + log s) sum(y) - sum(y x),  dx = (p sum(y) - y) * share.
 * The target y is dense [N, C], or one class index per row: then y is 1 there, and nothing where there is no such class.
 * The logarithm is the caller's (the library's would bring static data in). NaN stays NaN.
 */
import { exp4 } from './functions';
import { sum4 } from './lanes';

/** Class index of a target: its floor; NaN is 0, as in a cast to int32. */
@inline
function classOf(value: f32): i32 {
  return value == value ? <i32>floor<f32>(value) : 0;
}

/** Fills p [N, C], and per row `figures` [N, 4]: max, s, sum(y), sum(y x). */
export function softmaxRows(x: usize, y: usize, sparse: bool, N: i32, C: i32, p: usize, figures: usize): void {
  const row = <usize>C << 2;
  for (let i = 0; i < N; i++) {
    let most: f32 = -Infinity;
    let c: usize = 0;
    // max keeps NaN.
    for (; c < row; c += 4) most = max<f32>(most, load<f32>(x + c));
    const shift = f32x4.splat(most);
    let sums = f32x4.splat(0);
    for (c = 0; c + 16 <= row; c += 16) {
      const e = exp4(f32x4.sub(v128.load(x + c), shift));
      v128.store(p + c, e);
      sums = f32x4.add(sums, e);
    }
    let s = sum4(sums);
    for (; c < row; c += 4) {
      const e = f32x4.extract_lane(exp4(f32x4.splat(load<f32>(x + c) - most)), 0);
      store<f32>(p + c, e);
      s += e;
    }
    for (c = 0; c + 16 <= row; c += 16) v128.store(p + c, f32x4.div(v128.load(p + c), f32x4.splat(s)));
    for (; c < row; c += 4) store<f32>(p + c, load<f32>(p + c) / s);
    let weight: f32 = 0, dot: f32 = 0;
    if (sparse) {
      const k = classOf(load<f32>(y));
      if (k >= 0 && k < C) {
        weight = 1;
        dot = load<f32>(x + (<usize>k << 2));
      }
      y += 4;
    } else {
      for (c = 0; c < row; c += 4) {
        weight += load<f32>(y + c);
        dot += load<f32>(y + c) * load<f32>(x + c);
      }
      y += row;
    }
    store<f32>(figures, most);
    store<f32>(figures, s, 4);
    store<f32>(figures, weight, 8);
    store<f32>(figures, dot, 12);
    figures += 16;
    x += row;
    p += row;
  }
}

/** dx = (p sum(y) - y) * share; p and `figures` as `softmaxRows` left them. */
export function softmaxGradient(p: usize, y: usize, sparse: bool, N: i32, C: i32, figures: usize, share: f32, dx: usize): void {
  const row = <usize>C << 2, shares = f32x4.splat(share);
  for (let i = 0; i < N; i++) {
    const weight = load<f32>(figures, 8), weights = f32x4.splat(weight);
    let c: usize = 0;
    for (; c + 16 <= row; c += 16) {
      const whole = f32x4.mul(v128.load(p + c), weights);
      v128.store(dx + c, f32x4.mul(sparse ? whole : f32x4.sub(whole, v128.load(y + c)), shares));
    }
    for (; c < row; c += 4) {
      const whole = load<f32>(p + c) * weight;
      store<f32>(dx + c, (sparse ? whole : whole - load<f32>(y + c)) * share);
    }
    if (sparse) {
      const k = classOf(load<f32>(y));
      if (k >= 0 && k < C) {
        const at = dx + (<usize>k << 2);
        store<f32>(at, load<f32>(at) - share);
      }
      y += 4;
    } else {
      y += row;
    }
    figures += 16;
    p += row;
    dx += row;
  }
}
