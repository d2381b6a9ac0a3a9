/*
 * Every activation of a config, in place over rows, and its gradient. The kinds are numbered as ACTIVATION_KINDS of
 * engine/simd/activation-kinds.ts lists them. Rows that lie close together are taken as one; only softmax minds where a row ends.
 *
 * The common ones take four vectors a turn: V8 makes a constant anew at each use, and so it serves four.
 */
import { erf4, exp4, hardSigmoid4, hardSigmoidSlope4, log1p4, sigmoid4, tanh4 } from './functions';
import { put, take } from './lanes';

const LINEAR: i32 = 0;
const RELU: i32 = 1;
const RELU6: i32 = 2;
const ELU: i32 = 3;
const SELU: i32 = 4;
export const SIGMOID: i32 = 5;
export const HARD_SIGMOID: i32 = 6;
export const TANH: i32 = 7;
const SOFTMAX: i32 = 8;
const SOFTPLUS: i32 = 9;
const SOFTSIGN: i32 = 10;
const SWISH: i32 = 11;
const MISH: i32 = 12;
const GELU: i32 = 13;

/** Constants of selu (Klambauer et al. 2017), and alpha times scale. */
const SELU_SCALE: f32 = 1.0507009873554805;
const SELU_SLOPE: f32 = 1.7580993408473766;

/** sigmoid of whole vectors, four a turn; where it stopped. */
function sigmoids(p: usize, end: usize): usize {
  for (; p + 64 <= end; p += 64) {
    const a = sigmoid4(v128.load(p)), b = sigmoid4(v128.load(p, 16)), c = sigmoid4(v128.load(p, 32)), d = sigmoid4(v128.load(p, 48));
    v128.store(p, a);
    v128.store(p, b, 16);
    v128.store(p, c, 32);
    v128.store(p, d, 48);
  }
  return p;
}

/** tanh of whole vectors, four a turn; where it stopped. */
function tanhs(p: usize, end: usize): usize {
  for (; p + 64 <= end; p += 64) {
    const a = tanh4(v128.load(p)), b = tanh4(v128.load(p, 16)), c = tanh4(v128.load(p, 32)), d = tanh4(v128.load(p, 48));
    v128.store(p, a);
    v128.store(p, b, 16);
    v128.store(p, c, 32);
    v128.store(p, d, 48);
  }
  return p;
}

function hardSigmoids(p: usize, end: usize): usize {
  for (; p + 16 <= end; p += 16) v128.store(p, hardSigmoid4(v128.load(p)));
  return p;
}

/** tanh(softplus(x)) = (w^2 + 2 w) / (w^2 + 2 w + 2) with w = e^x. */
@inline
function tanhSoftplus(x: v128): v128 {
  // Beyond 20 the share is 1 in float32, and the square would overflow.
  const w = exp4(f32x4.pmin(x, f32x4.splat(20))), n = f32x4.mul(w, f32x4.add(w, f32x4.splat(2)));
  return f32x4.div(n, f32x4.add(n, f32x4.splat(2)));
}

/** max(x, 0) + log(1 + e^-|x|) */
@inline
function softplus4(x: v128): v128 {
  return f32x4.add(f32x4.max(x, f32x4.splat(0)), log1p4(exp4(f32x4.neg(f32x4.abs(x)))));
}

/** The share of a normal distribution below x. */
@inline
function normalBelow(x: v128): v128 {
  return f32x4.mul(f32x4.splat(0.5), f32x4.add(f32x4.splat(1), erf4(f32x4.mul(x, f32x4.splat(0.7071067811865476)))));
}

/** x where positive, else rest. NaN is not positive. */
@inline
function where0(x: v128, positive: v128, rest: v128): v128 {
  return v128.bitselect(positive, rest, f32x4.gt(x, f32x4.splat(0)));
}

function value4(kind: i32, x: v128): v128 {
  const zero = f32x4.splat(0), one = f32x4.splat(1);
  switch (kind) {
    case LINEAR: return x;
    case RELU: return f32x4.max(x, zero);
    case RELU6: return f32x4.min(f32x4.max(x, zero), f32x4.splat(6));
    case ELU: return where0(x, x, f32x4.sub(exp4(x), one));
    case SELU: return where0(x, f32x4.mul(x, f32x4.splat(SELU_SCALE)), f32x4.mul(f32x4.sub(exp4(x), one), f32x4.splat(SELU_SLOPE)));
    case SIGMOID: return sigmoid4(x);
    case HARD_SIGMOID: return hardSigmoid4(x);
    case TANH: return tanh4(x);
    case SOFTPLUS: return softplus4(x);
    case SOFTSIGN: return f32x4.div(x, f32x4.add(f32x4.abs(x), one));
    case SWISH: return f32x4.mul(x, sigmoid4(x));
    case MISH: return f32x4.mul(x, tanhSoftplus(x));
    case GELU: return f32x4.mul(x, normalBelow(x));
    default: return exp4(x);
  }
}

/** f'(x), from y = f(x) where that is enough; swish, mish and gelu need x. */
function slope4(kind: i32, y: v128, x: v128): v128 {
  const zero = f32x4.splat(0), one = f32x4.splat(1);
  switch (kind) {
    case LINEAR: return one;
    case RELU: return v128.and(one, f32x4.gt(y, zero));
    case RELU6: return v128.and(one, v128.and(f32x4.gt(y, zero), f32x4.lt(y, f32x4.splat(6))));
    case ELU: return where0(y, one, f32x4.add(y, one));
    case SELU: return where0(y, f32x4.splat(SELU_SCALE), f32x4.add(y, f32x4.splat(SELU_SLOPE)));
    case SIGMOID: return f32x4.mul(y, f32x4.sub(one, y));
    case HARD_SIGMOID: return hardSigmoidSlope4(y);
    case TANH: return f32x4.sub(one, f32x4.mul(y, y));
    case SOFTPLUS: return f32x4.sub(one, exp4(f32x4.neg(y)));
    case SOFTSIGN: {
      const rest = f32x4.sub(one, f32x4.abs(y));
      return f32x4.mul(rest, rest);
    }
    case SWISH: {
      const s = sigmoid4(x);
      return f32x4.add(y, f32x4.mul(s, f32x4.sub(one, y)));
    }
    case MISH: {
      const t = tanhSoftplus(x);
      return f32x4.add(t, f32x4.mul(f32x4.mul(x, sigmoid4(x)), f32x4.sub(one, f32x4.mul(t, t))));
    }
    case GELU: {
      // 1 / sqrt(2 pi) e^(-x^2 / 2), the density at x.
      const density = f32x4.mul(exp4(f32x4.mul(f32x4.splat(-0.5), f32x4.mul(x, x))), f32x4.splat(0.3989422804014327));
      return f32x4.add(normalBelow(x), f32x4.mul(x, density));
    }
    default: return y;
  }
}

/** y = softmax of one row, in place. */
function softmaxRow(p: usize, end: usize): void {
  let most: f32 = -Infinity, sum: f32 = 0;
  for (let q = p; q < end; q += 4) most = max<f32>(most, load<f32>(q));
  for (let q = p; q < end; q += 4) {
    const e = f32x4.extract_lane(exp4(f32x4.splat(load<f32>(q) - most)), 0);
    store<f32>(q, e);
    sum += e;
  }
  for (let q = p; q < end; q += 4) store<f32>(q, load<f32>(q) / sum);
}

/** dx = y (dy - sum of dy y) of one row of n. */
function softmaxRowGradient(to: usize, dy: usize, y: usize, n: i32): void {
  let sum: f32 = 0;
  for (let i = 0; i < n; i++) sum += load<f32>(dy + (<usize>i << 2)) * load<f32>(y + (<usize>i << 2));
  for (let i = 0; i < n; i++) {
    const at = <usize>i << 2;
    store<f32>(to + at, load<f32>(y + at) * (load<f32>(dy + at) - sum));
  }
}

/** y = f(x) in place, rows of n values that are `row` bytes apart. */
export function activate(kind: i32, rows: i32, n: i32, at: usize, row: usize): void {
  if (kind == LINEAR) return;
  if (row == <usize>n << 2 && kind != SOFTMAX) {
    n *= rows;
    rows = 1;
  }
  for (let r = 0; r < rows; r++) {
    const end = at + (<usize>n << 2);
    let p = at;
    if (kind == SOFTMAX) {
      softmaxRow(p, end);
      p = end;
    }
    if (kind == SIGMOID) p = sigmoids(p, end);
    if (kind == TANH) p = tanhs(p, end);
    if (kind == HARD_SIGMOID) p = hardSigmoids(p, end);
    for (; p < end; p += 16) put(p, value4(kind, take(p, end - p)), end - p);
    at += row;
  }
}

/**
 * to = dy f'(x), rows of n values, each array with its bytes from row to row. y = f(x); x is read by swish, mish and gelu only.
 * `to` may be dy, y or x.
 */
export function activationGradient(
  kind: i32, rows: i32, n: i32, to: usize, rowTo: usize, dy: usize, rowDy: usize, y: usize, rowY: usize, x: usize, rowX: usize,
): void {
  const size = <usize>n << 2, one = f32x4.splat(1);
  for (let r = 0; r < rows; r++) {
    let j: usize = 0;
    if (kind == SOFTMAX) {
      softmaxRowGradient(to, dy, y, n);
      j = size;
    } else if (kind == SIGMOID) {
      for (; j + 16 <= size; j += 16) {
        const v = v128.load(y + j);
        v128.store(to + j, f32x4.mul(v128.load(dy + j), f32x4.mul(v, f32x4.sub(one, v))));
      }
    } else if (kind == TANH) {
      for (; j + 16 <= size; j += 16) {
        const v = v128.load(y + j);
        v128.store(to + j, f32x4.mul(v128.load(dy + j), f32x4.sub(one, f32x4.mul(v, v))));
      }
    } else if (kind == HARD_SIGMOID) {
      for (; j + 16 <= size; j += 16) v128.store(to + j, f32x4.mul(v128.load(dy + j), hardSigmoidSlope4(v128.load(y + j))));
    }
    for (; j < size; j += 16) {
      const left = size - j;
      put(to + j, f32x4.mul(take(dy + j, left), slope4(kind, take(y + j, left), take(x + j, left))), left);
    }
    to += rowTo;
    dy += rowDy;
    y += rowY;
    x += rowX;
  }
}

/** `activate` for two blocks of n side by side in each row: as one, but that softmax is over each. */
export function activatePair(kind: i32, rows: i32, n: i32, at: usize, row: usize): void {
  if (kind == SOFTMAX) {
    activate(kind, rows, n, at, row);
    activate(kind, rows, n, at + (<usize>n << 2), row);
  } else {
    activate(kind, rows, 2 * n, at, row);
  }
}

/** `activationGradient` for two blocks of n side by side in each row. */
export function pairGradient(
  kind: i32, rows: i32, n: i32, to: usize, rowTo: usize, dy: usize, rowDy: usize, y: usize, rowY: usize, x: usize, rowX: usize,
): void {
  if (kind == SOFTMAX) {
    const next = <usize>n << 2;
    activationGradient(kind, rows, n, to, rowTo, dy, rowDy, y, rowY, x, rowX);
    activationGradient(kind, rows, n, to + next, rowTo, dy + next, rowDy, y + next, rowY, x + next, rowX);
  } else {
    activationGradient(kind, rows, 2 * n, to, rowTo, dy, rowDy, y, rowY, x, rowX);
  }
}
