/*
 * GRU over a whole sequence as one operation, forward and backward (Cho et al. 2014, reset gate before the product;
 * gates in the order z, r, h of tfjs; zero initial state).
 *
 *   z, r = gate(x_t Wx + h_(t-1) Wh + b);  q = r h_(t-1);  n = act(x_t Wn + q Un + b);  h_t = z h_(t-1) + (1 - z) n
 *
 * `gate` and `act` are kinds of activations.ts. Kept for the backward pass, time-major: h [T + 1, B, U] (h[0] is zero),
 * a [T, B, 3U] (z, r, n; the backward pass overwrites them by the gradients of their sums), q [T, B, U] and, where the slope of
 * an activation does not follow from its value, `before` [T, B, 3U], the sums; else 0. The input products x Wx + b are the
 * caller's and arrive in `a`. Any U.
 */
import { activate, activatePair, activationGradient, pairGradient } from './activations';
import { addTo, put, take } from './lanes';
import { packColumns, panels } from './products';

/** Bytes of scratch memory of both passes. */
export function gruScratch(B: i32, U: i32): i32 {
  const U8 = (U + 7) & ~7, gates = (2 * U + 7) & ~7;
  return (gates * U + U8 * U + 2 * U8 * U) * 4 + 6 * B * U * 4 + 2 * U * 16 + 2048;
}

/** to = x y, rows of `s` bytes. */
function multiplyRows(B: i32, s: usize, to: usize, rowTo: usize, x: usize, rowX: usize, y: usize, rowY: usize): void {
  for (let b = 0; b < B; b++) {
    for (let j: usize = 0; j < s; j += 16) put(to + j, f32x4.mul(take(x + j, s - j), take(y + j, s - j)), s - j);
    to += rowTo;
    x += rowX;
    y += rowY;
  }
}

/** next = z h + (1 - z) n */
function nextState(B: i32, s: usize, a: usize, h: usize, next: usize): void {
  const one = f32x4.splat(1);
  for (let b = 0; b < B; b++) {
    for (let j: usize = 0; j < s; j += 16) {
      const left = s - j, z = take(a + j, left);
      put(next + j, f32x4.add(f32x4.mul(z, take(h + j, left)), f32x4.mul(f32x4.sub(one, z), take(a + 2 * s + j, left))), left);
    }
    a += 3 * s;
    h += s;
    next += s;
  }
}

/** a [T, B, 3U] holds x Wx + b in the order of computation; wh [U, 3U]. Fills a, q, h and `before`. */
export function gruForward(
  T: i32, B: i32, U: i32, wh: usize, a: usize, before: usize, h: usize, q: usize, gate: i32, act: i32, scratch: usize,
): void {
  const rowW = <usize>(3 * U) << 2, rowA = rowW, sizeU = <usize>U << 2, stepA = <usize>B * rowA, stepU = <usize>B * sizeU;
  const packedGates = scratch, packedNew = packedGates + <usize>((2 * U + 7) & ~7) * sizeU;
  const edge = packedNew + <usize>((U + 7) & ~7) * sizeU;
  packColumns(packedGates, wh, rowW, 4, U, 2 * U);
  packColumns(packedNew, wh + 2 * sizeU, rowW, 4, U, U);
  memory.fill(h, 0, stepU);
  for (let t = 0; t < T; t++) {
    const at = a + <usize>t * stepA, ht = h + <usize>t * stepU, qt = q + <usize>t * stepU, sums = before + <usize>t * stepA;
    panels(B, 2 * U, U, false, ht, sizeU, packedGates, at, rowA, 1, 0, false, edge);
    if (before) memory.copy(sums, at, stepA);
    activatePair(gate, B, U, at, rowA);
    multiplyRows(B, sizeU, qt, sizeU, at + sizeU, rowA, ht, sizeU);
    panels(B, U, U, false, qt, sizeU, packedNew, at + 2 * sizeU, rowA, 1, 0, false, edge);
    if (before) for (let b = 0; b < B; b++) memory.copy(sums + <usize>b * rowA + 2 * sizeU, at + <usize>b * rowA + 2 * sizeU, sizeU);
    activate(act, B, U, at + 2 * sizeU, rowA);
    nextState(B, sizeU, at, ht, ht + stepU);
  }
}

/** From dh: dn = dh (1 - z), dz = dh (h - n) in rows of `gates`, and dh leaves with the direct part of dh_(t-1), dh z. */
function stateBackward(B: i32, s: usize, a: usize, h: usize, dh: usize, dn: usize, gates: usize): void {
  const one = f32x4.splat(1);
  for (let b = 0; b < B; b++) {
    for (let j: usize = 0; j < s; j += 16) {
      const left = s - j, z = take(a + j, left), d = take(dh + j, left);
      put(dn + j, f32x4.mul(d, f32x4.sub(one, z)), left);
      put(gates + j, f32x4.mul(d, f32x4.sub(take(h + j, left), take(a + 2 * s + j, left))), left);
      put(dh + j, f32x4.mul(d, z), left);
    }
    a += 3 * s;
    h += s;
    dh += s;
    dn += s;
    gates += 2 * s;
  }
}

/** With dq = dn Un^T: dr = dq h in rows of `gates`, dh += dq r, and dn goes to its place in a. */
function resetBackward(B: i32, s: usize, a: usize, h: usize, dh: usize, dn: usize, dq: usize, gates: usize): void {
  for (let b = 0; b < B; b++) {
    for (let j: usize = 0; j < s; j += 16) {
      const left = s - j, g = take(dq + j, left);
      put(gates + s + j, f32x4.mul(g, take(h + j, left)), left);
      put(dh + j, f32x4.add(take(dh + j, left), f32x4.mul(g, take(a + s + j, left))), left);
      put(a + 2 * s + j, take(dn + j, left), left);
    }
    a += 3 * s;
    h += s;
    dh += s;
    dn += s;
    dq += s;
    gates += 2 * s;
  }
}

/**
 * Replaces a by the gradients of the gates' sums [T, B, 3U]; the caller makes the rest by products: d(Wz, Wr) = h^T dzr,
 * dWn = q^T dn, db = column sums, dx = da Wx^T. dOut: [B, U] for the last h, or with `sequence` [T, B, U].
 */
export function gruBackward(
  T: i32, B: i32, U: i32, wh: usize, a: usize, before: usize, h: usize, dOut: usize, sequence: bool, gate: i32, act: i32, scratch: usize,
): void {
  const rowW = <usize>(3 * U) << 2, sizeU = <usize>U << 2, stepA = <usize>B * rowW, stepU = <usize>B * sizeU;
  const width = <usize>((U + 7) & ~7);
  const packedGates = scratch, packedNew = packedGates + width * 2 * sizeU, dh = packedNew + width * sizeU;
  const dn = dh + stepU, dq = dn + stepU, gates = dq + stepU, edge = gates + 2 * stepU;
  packColumns(packedGates, wh, 4, rowW, 2 * U, U);
  packColumns(packedNew, wh + 2 * sizeU, 4, rowW, U, U);
  if (sequence) memory.fill(dh, 0, stepU);
  else memory.copy(dh, dOut, stepU);
  for (let t = T - 1; t >= 0; t--) {
    if (sequence) addTo(dh, dOut + <usize>t * stepU, stepU);
    const at = a + <usize>t * stepA, ht = h + <usize>t * stepU, sums = before ? before + <usize>t * stepA : at;
    stateBackward(B, sizeU, at, ht, dh, dn, gates);
    activationGradient(act, B, U, dn, sizeU, dn, sizeU, at + 2 * sizeU, rowW, sums + 2 * sizeU, rowW);
    panels(B, U, U, false, dn, sizeU, packedNew, dq, sizeU, 0, 0, false, edge);
    resetBackward(B, sizeU, at, ht, dh, dn, dq, gates);
    pairGradient(gate, B, U, at, rowW, gates, 2 * sizeU, at, rowW, sums, rowW);
    if (t > 0) panels(B, U, 2 * U, false, at, rowW, packedGates, dh, sizeU, 1, 0, false, edge);
  }
}
