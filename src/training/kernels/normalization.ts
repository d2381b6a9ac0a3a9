/*
 * Batch and layer normalisation in training (Ioffe and Szegedy 2015; Ba, Kiros and Hinton 2016) over x [N, C]:
 *   n = (x - mean) / sqrt(variance + epsilon),  y = gamma n + beta.
 * Batch: mean and variance of each column; layer: of each row. The variance is the mean of squares about the mean (two
 * passes), as in tfjs. With e = gamma dy and means over the axis that was normalised:
 *   dx = (e - mean(e) - n mean(e n)) / sqrt(variance + epsilon),  dgamma = column sums of dy n,  dbeta = column sums of dy.
 * gamma and beta [C], or 0 where there are none. `inverse` is 1 / sqrt(variance + epsilon).
 */
import { columnSum, SUM_ROWS } from './elements';
import { sum4 } from './lanes';

/** to[c] = sum over rows of (x - mean) * (mean and inverse per row or per column) * inverse * factor; factor 0: squares of x - mean. */
@inline
function normalizedSums(to: usize, x: usize, factor: usize, N: i32, C: i32, mean: usize, inverse: usize, perRow: bool): void {
  const row = <usize>C << 2;
  memory.fill(to, 0, row);
  for (let start = 0; start < N; start += SUM_ROWS) {
    const count = min(SUM_ROWS, N - start);
    let c: usize = 0;
    for (; c + 16 <= row; c += 16) {
      let p = x + c, f = factor + c, m = mean + (perRow ? <usize>start << 2 : c), r = inverse + (perRow ? <usize>start << 2 : c);
      let sum = f32x4.splat(0);
      for (let i = 0; i < count; i++) {
        const d = f32x4.sub(v128.load(p), perRow ? v128.load32_splat(m) : v128.load(m));
        if (factor) {
          const scaled = f32x4.mul(d, perRow ? v128.load32_splat(r) : v128.load(r));
          sum = f32x4.add(sum, f32x4.mul(scaled, v128.load(f)));
        } else {
          sum = f32x4.add(sum, f32x4.mul(d, d));
        }
        p += row;
        f += row;
        if (perRow) {
          m += 4;
          r += 4;
        }
      }
      v128.store(to + c, f32x4.add(v128.load(to + c), sum));
    }
    for (; c < row; c += 4) {
      let p = x + c, f = factor + c, m = mean + (perRow ? <usize>start << 2 : c), r = inverse + (perRow ? <usize>start << 2 : c);
      let sum: f32 = 0;
      for (let i = 0; i < count; i++) {
        const d = load<f32>(p) - load<f32>(m);
        sum += factor ? d * load<f32>(r) * load<f32>(f) : d * d;
        p += row;
        f += row;
        if (perRow) {
          m += 4;
          r += 4;
        }
      }
      store<f32>(to + c, load<f32>(to + c) + sum);
    }
    x += <usize>count * row;
    factor += factor ? <usize>count * row : 0;
  }
}

/** to[i] = to[i] / divisor. */
@inline
function divide(to: usize, n: i32, divisor: f32): void {
  for (let i = 0; i < n; i++) store<f32>(to + (<usize>i << 2), load<f32>(to + (<usize>i << 2)) / divisor);
}

/** y, and mean, variance and inverse [C] of the columns. */
export function batchNorm(
  x: usize, N: i32, C: i32, gamma: usize, beta: usize, epsilon: f32, mean: usize, variance: usize, inverse: usize, y: usize,
): void {
  const row = <usize>C << 2, one = f32x4.splat(1), zero = f32x4.splat(0);
  columnSum(mean, x, N, C);
  divide(mean, C, <f32>N);
  normalizedSums(variance, x, 0, N, C, mean, 0, false);
  divide(variance, C, <f32>N);
  for (let c: usize = 0; c < row; c += 4) store<f32>(inverse + c, <f32>1 / sqrt<f32>(load<f32>(variance + c) + epsilon));
  for (let i = 0; i < N; i++) {
    let c: usize = 0;
    for (; c + 16 <= row; c += 16) {
      const scale = f32x4.mul(v128.load(inverse + c), gamma ? v128.load(gamma + c) : one);
      const d = f32x4.mul(f32x4.sub(v128.load(x + c), v128.load(mean + c)), scale);
      v128.store(y + c, f32x4.add(d, beta ? v128.load(beta + c) : zero));
    }
    for (; c < row; c += 4) {
      const scale = load<f32>(inverse + c) * (gamma ? load<f32>(gamma + c) : 1);
      store<f32>(y + c, (load<f32>(x + c) - load<f32>(mean + c)) * scale + (beta ? load<f32>(beta + c) : 0));
    }
    x += row;
    y += row;
  }
}

/** dgamma and dbeta [C] of a batch normalisation. */
export function batchNormSums(x: usize, dy: usize, N: i32, C: i32, mean: usize, inverse: usize, dGamma: usize, dBeta: usize): void {
  columnSum(dBeta, dy, N, C);
  normalizedSums(dGamma, x, dy, N, C, mean, inverse, false);
}

/** dx [N, C] of a batch normalisation, from its sums. */
export function batchNormGradient(
  x: usize, dy: usize, N: i32, C: i32, gamma: usize, mean: usize, inverse: usize, dGamma: usize, dBeta: usize, dx: usize,
): void {
  const row = <usize>C << 2, one = f32x4.splat(1), share: f32 = <f32>1 / <f32>N, shares = f32x4.splat(share);
  for (let i = 0; i < N; i++) {
    let c: usize = 0;
    for (; c + 16 <= row; c += 16) {
      const r = v128.load(inverse + c), n = f32x4.mul(f32x4.sub(v128.load(x + c), v128.load(mean + c)), r);
      const common = f32x4.mul(f32x4.add(v128.load(dBeta + c), f32x4.mul(n, v128.load(dGamma + c))), shares);
      v128.store(dx + c, f32x4.mul(f32x4.sub(v128.load(dy + c), common), f32x4.mul(r, gamma ? v128.load(gamma + c) : one)));
    }
    for (; c < row; c += 4) {
      const r = load<f32>(inverse + c), n = (load<f32>(x + c) - load<f32>(mean + c)) * r;
      const common = (load<f32>(dBeta + c) + n * load<f32>(dGamma + c)) * share;
      store<f32>(dx + c, (load<f32>(dy + c) - common) * r * (gamma ? load<f32>(gamma + c) : 1));
    }
    x += row;
    dy += row;
    dx += row;
  }
}

/** y, and mean and inverse [N] of the rows. */
export function layerNorm(x: usize, N: i32, C: i32, gamma: usize, beta: usize, epsilon: f32, mean: usize, inverse: usize, y: usize): void {
  const row = <usize>C << 2, count = <f32>C, one = f32x4.splat(1), zero = f32x4.splat(0);
  for (let i = 0; i < N; i++) {
    let sums = zero, c: usize = 0;
    for (; c + 16 <= row; c += 16) sums = f32x4.add(sums, v128.load(x + c));
    let sum = sum4(sums);
    for (; c < row; c += 4) sum += load<f32>(x + c);
    const m = sum / count, ms = f32x4.splat(m);
    let squares = zero;
    for (c = 0; c + 16 <= row; c += 16) {
      const d = f32x4.sub(v128.load(x + c), ms);
      squares = f32x4.add(squares, f32x4.mul(d, d));
    }
    let square = sum4(squares);
    for (; c < row; c += 4) {
      const d = load<f32>(x + c) - m;
      square += d * d;
    }
    const r = <f32>1 / sqrt<f32>(square / count + epsilon), rs = f32x4.splat(r);
    for (c = 0; c + 16 <= row; c += 16) {
      const n = f32x4.mul(f32x4.sub(v128.load(x + c), ms), rs);
      v128.store(y + c, f32x4.add(f32x4.mul(n, gamma ? v128.load(gamma + c) : one), beta ? v128.load(beta + c) : zero));
    }
    for (; c < row; c += 4) {
      store<f32>(y + c, (load<f32>(x + c) - m) * r * (gamma ? load<f32>(gamma + c) : 1) + (beta ? load<f32>(beta + c) : 0));
    }
    store<f32>(mean + (<usize>i << 2), m);
    store<f32>(inverse + (<usize>i << 2), r);
    x += row;
    y += row;
  }
}

/** dgamma [C] of a layer normalisation. (dbeta is `columnSum` of dy.) */
export function layerNormSums(x: usize, dy: usize, N: i32, C: i32, mean: usize, inverse: usize, dGamma: usize): void {
  normalizedSums(dGamma, x, dy, N, C, mean, inverse, true);
}

/** dx [N, C] of a layer normalisation. */
export function layerNormGradient(x: usize, dy: usize, N: i32, C: i32, gamma: usize, mean: usize, inverse: usize, dx: usize): void {
  const row = <usize>C << 2, one = f32x4.splat(1), zero = f32x4.splat(0), share: f32 = <f32>1 / <f32>C;
  for (let i = 0; i < N; i++) {
    const m = load<f32>(mean + (<usize>i << 2)), r = load<f32>(inverse + (<usize>i << 2));
    const ms = f32x4.splat(m), rs = f32x4.splat(r);
    let plain = zero, weighted = zero, c: usize = 0;
    for (; c + 16 <= row; c += 16) {
      const e = f32x4.mul(v128.load(dy + c), gamma ? v128.load(gamma + c) : one);
      plain = f32x4.add(plain, e);
      weighted = f32x4.add(weighted, f32x4.mul(e, f32x4.mul(f32x4.sub(v128.load(x + c), ms), rs)));
    }
    let s1 = sum4(plain), s2 = sum4(weighted);
    for (; c < row; c += 4) {
      const e = load<f32>(dy + c) * (gamma ? load<f32>(gamma + c) : 1);
      s1 += e;
      s2 += e * ((load<f32>(x + c) - m) * r);
    }
    s1 *= share;
    s2 *= share;
    const s1s = f32x4.splat(s1), s2s = f32x4.splat(s2);
    for (c = 0; c + 16 <= row; c += 16) {
      const e = f32x4.mul(v128.load(dy + c), gamma ? v128.load(gamma + c) : one);
      const n = f32x4.mul(f32x4.sub(v128.load(x + c), ms), rs);
      v128.store(dx + c, f32x4.mul(f32x4.sub(f32x4.sub(e, s1s), f32x4.mul(n, s2s)), rs));
    }
    for (; c < row; c += 4) {
      const e = load<f32>(dy + c) * (gamma ? load<f32>(gamma + c) : 1);
      store<f32>(dx + c, (e - s1 - (load<f32>(x + c) - m) * r * s2) * r);
    }
    x += row;
    dy += row;
    dx += row;
  }
}
