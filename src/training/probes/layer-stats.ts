/* eslint-disable @typescript-eslint/no-non-null-assertion -- the loops' bounds keep the indices inside the arrays */

/** What a gradient is, over all entries. */
export interface GradientScan {
  /** L2 norm; NaN or infinite where an entry is. */
  norm: number;
  /** Largest |g|, in the same way. */
  maxAbs: number;
  /** Entries that are NaN or infinite. */
  nonFinite: number;
  /** Entries that are exactly 0. */
  zeros: number;
}

/**
 * One pass over a float32 gradient, summed in float64: the square of the largest float32 is 1e77, so no sum of squares
 * overflows, and it is not finite exactly where an entry is not. Only then are those entries counted, in a second pass.
 */
export function scanGradient(values: Float32Array): GradientScan {
  // Four sums side by side: the additions do not wait for each other.
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let maxAbs = 0;
  let zeros = 0;
  const whole = values.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    const a = values[i]!;
    const b = values[i + 1]!;
    const c = values[i + 2]!;
    const d = values[i + 3]!;
    s0 += a * a;
    s1 += b * b;
    s2 += c * c;
    s3 += d * d;
    maxAbs = Math.max(maxAbs, Math.abs(a), Math.abs(b), Math.abs(c), Math.abs(d));
    zeros += (a === 0 ? 1 : 0) + (b === 0 ? 1 : 0) + (c === 0 ? 1 : 0) + (d === 0 ? 1 : 0);
  }
  for (let i = whole; i < values.length; i++) {
    const value = values[i]!;
    s0 += value * value;
    maxAbs = Math.max(maxAbs, Math.abs(value));
    zeros += value === 0 ? 1 : 0;
  }
  const squares = s0 + s1 + s2 + s3;
  return { norm: Math.sqrt(squares), maxAbs, nonFinite: Number.isFinite(squares) ? 0 : countNonFinite(values), zeros };
}

function countNonFinite(values: Float32Array): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value - value !== 0) count += 1;
  }
  return count;
}

/** What an update does to a weight. Sums over all entries, float64. */
export interface UpdateScan {
  /** Sum of w^2 before the update. */
  weight: number;
  /** Sum of dw^2. */
  update: number;
  /** Sum of g dw: the change of the loss if it were linear. */
  dot: number;
}

/** One pass over a gradient and the weight before and after the update, all of one length. */
export function scanUpdate(gradient: Float32Array, before: Float32Array, after: Float32Array): UpdateScan {
  let weight0 = 0;
  let weight1 = 0;
  let update0 = 0;
  let update1 = 0;
  let dot0 = 0;
  let dot1 = 0;
  const even = before.length & ~1;
  for (let i = 0; i < even; i += 2) {
    const old0 = before[i]!;
    const old1 = before[i + 1]!;
    const change0 = after[i]! - old0;
    const change1 = after[i + 1]! - old1;
    weight0 += old0 * old0;
    weight1 += old1 * old1;
    update0 += change0 * change0;
    update1 += change1 * change1;
    dot0 += gradient[i]! * change0;
    dot1 += gradient[i + 1]! * change1;
  }
  if (even < before.length) {
    const old = before[even]!;
    const change = after[even]! - old;
    weight0 += old * old;
    update0 += change * change;
    dot0 += gradient[even]! * change;
  }
  return { weight: weight0 + weight1, update: update0 + update1, dot: dot0 + dot1 };
}
