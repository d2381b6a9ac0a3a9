/*
 * Elementary functions on four float32 lanes. NaN stays NaN: pmin and pmax hand on their first argument where it is NaN, and
 * unlike min and max they are single instructions.
 *
 * Largest errors, measured over the whole range against float64 (test/unit/training/engine/simd/activations.test.ts holds them):
 *   exp4 relative 1.3e-7;  sigmoid4 absolute 9e-8, relative 1.4e-7;  tanh4 absolute and relative 4e-7, |tanh4| < 1;
 *   log1p4 absolute 2e-7;  erf4 absolute 6e-7.
 */

/**
 * e^x (Cephes expf: range reduction by ln 2 in two parts, polynomial of degree 6). Below -87.3 it stays at 1.2e-38, above
 * 88.4 it is Infinity.
 */
@inline
export function exp4(x0: v128): v128 {
  const x = f32x4.pmin(f32x4.pmax(x0, f32x4.splat(-87.33654)), f32x4.splat(89));
  // 1.5 * 2^23 leaves the nearest whole number in the low bits of the sum.
  const magic = f32x4.splat(12582912);
  const shifted = f32x4.add(f32x4.mul(x, f32x4.splat(1.44269504088896341)), magic);
  const n = f32x4.sub(shifted, magic);
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.1219444e-4)));
  let p = f32x4.add(f32x4.mul(f32x4.splat(1.98756915e-4), r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1));
  // 2^n: n in the exponent of 1.
  return f32x4.mul(p, i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(0x3f800000)));
}

/** 1 / (1 + e^-x) */
@inline
export function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
}

/** x P(x^2) / Q(x^2), both of degree 4, fitted to a relative error of 6e-9 for |x| <= 7.95, beyond which it stays. */
@inline
export function tanh4(x0: v128): v128 {
  const x = f32x4.pmin(f32x4.pmax(x0, f32x4.splat(-7.95)), f32x4.splat(7.95));
  const one = f32x4.splat(1), y = f32x4.mul(x, x);
  let p = f32x4.add(f32x4.mul(f32x4.splat(1.532890615e-8), y), f32x4.splat(2.195891263e-5));
  let q = f32x4.add(f32x4.mul(f32x4.splat(8.560550674e-7), y), f32x4.splat(3.417471832e-4));
  p = f32x4.add(f32x4.mul(p, y), f32x4.splat(3.575297073e-3));
  q = f32x4.add(f32x4.mul(q, y), f32x4.splat(2.617835165e-2));
  p = f32x4.add(f32x4.mul(p, y), f32x4.splat(1.344756205e-1));
  q = f32x4.add(f32x4.mul(q, y), f32x4.splat(4.678088972e-1));
  p = f32x4.add(f32x4.mul(p, y), one);
  q = f32x4.add(f32x4.mul(q, y), one);
  return f32x4.div(f32x4.mul(p, x), q);
}

/** min(max(0.2 x + 0.5, 0), 1), the gate activation tfjs takes by default. */
@inline
export function hardSigmoid4(x: v128): v128 {
  const y = f32x4.add(f32x4.mul(x, f32x4.splat(0.2)), f32x4.splat(0.5));
  return f32x4.pmin(f32x4.pmax(y, f32x4.splat(0)), f32x4.splat(1));
}

/** Its slope, from its value. */
@inline
export function hardSigmoidSlope4(y: v128): v128 {
  return v128.and(f32x4.splat(0.2), v128.and(f32x4.gt(y, f32x4.splat(0)), f32x4.lt(y, f32x4.splat(1))));
}

/** log(1 + u) for u in [0, 1]: 2 atanh(s) with s = u / (2 + u), a series in s^2 whose ninth term is below 1e-9. */
@inline
export function log1p4(u: v128): v128 {
  const s = f32x4.div(u, f32x4.add(u, f32x4.splat(2))), y = f32x4.mul(s, s);
  let p = f32x4.add(f32x4.mul(f32x4.splat(1.0 / 15), y), f32x4.splat(1.0 / 13));
  p = f32x4.add(f32x4.mul(p, y), f32x4.splat(1.0 / 11));
  p = f32x4.add(f32x4.mul(p, y), f32x4.splat(1.0 / 9));
  p = f32x4.add(f32x4.mul(p, y), f32x4.splat(1.0 / 7));
  p = f32x4.add(f32x4.mul(p, y), f32x4.splat(1.0 / 5));
  p = f32x4.add(f32x4.mul(p, y), f32x4.splat(1.0 / 3));
  p = f32x4.add(f32x4.mul(p, y), f32x4.splat(1));
  return f32x4.mul(f32x4.add(s, s), p);
}

/** erf(x) by formula 7.1.26 of Abramowitz and Stegun, as tfjs has it. */
@inline
export function erf4(x: v128): v128 {
  const one = f32x4.splat(1), size = f32x4.abs(x);
  const t = f32x4.div(one, f32x4.add(one, f32x4.mul(size, f32x4.splat(0.3275911))));
  let p = f32x4.add(f32x4.mul(f32x4.splat(1.061405429), t), f32x4.splat(-1.453152027));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(1.421413741));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-0.284496736));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.254829592));
  const rest = f32x4.mul(f32x4.mul(p, t), exp4(f32x4.neg(f32x4.mul(x, x))));
  return v128.or(f32x4.sub(one, rest), v128.and(x, f32x4.splat(-0.0)));
}
