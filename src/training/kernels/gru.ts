/*
 * GRU over a whole sequence as one operation, forward and backward (Cho et al. 2014, reset gate before the product;
 * gates in the order z, r, h of tfjs; tanh candidate, hard or logistic sigmoid gates; zero initial state).
 *
 *   z, r = gate(x_t Wx + h_(t-1) Wh + b);  q = r h_(t-1);  n = tanh(x_t Wn + q Un + b);  h_t = z h_(t-1) + (1 - z) n
 *
 * Kept for the backward pass, time-major: h [T + 1, B, U] (h[0] is zero), a [T, B, 3U] (z, r, n; the backward pass
 * overwrites them by the gradients of their sums) and q [T, B, U]. The input products x Wx + b are the caller's and
 * arrive in `a`. U is a multiple of 4.
 */
import { gate4, gateSlope4, tanh4 } from './functions';
import { packColumns, panels } from './products';

/** Bytes of scratch memory of both passes. */
export function gruScratch(B: i32, U: i32): i32 {
  const U8 = (U + 7) & ~7;
  return (2 * U8 * U + U8 * U + 2 * U8 * U) * 4 + 4 * B * U * 4 + 2 * U * 16 + 2048;
}

function updateAndReset(B: i32, U: i32, a: usize, h: usize, q: usize, hard: bool): void {
  const s = <usize>U << 2;
  for (let b = 0; b < B; b++) {
    for (let j: usize = 0; j < s; j += 16) {
      const r = gate4(v128.load(a + s + j), hard);
      v128.store(a + j, gate4(v128.load(a + j), hard));
      v128.store(a + s + j, r);
      v128.store(q + j, f32x4.mul(r, v128.load(h + j)));
    }
    a += 3 * s;
    h += s;
    q += s;
  }
}

function candidate(B: i32, U: i32, a: usize, h: usize, next: usize): void {
  const s = <usize>U << 2, one = f32x4.splat(1);
  for (let b = 0; b < B; b++) {
    for (let j: usize = 0; j < s; j += 16) {
      const z = v128.load(a + j), n = tanh4(v128.load(a + 2 * s + j));
      v128.store(a + 2 * s + j, n);
      v128.store(next + j, f32x4.add(f32x4.mul(z, v128.load(h + j)), f32x4.mul(f32x4.sub(one, z), n)));
    }
    a += 3 * s;
    h += s;
    next += s;
  }
}

/** a [T, B, 3U] holds x Wx + b in the order of computation; wh [U, 3U]. Fills a, q and h. */
export function gruForward(T: i32, B: i32, U: i32, wh: usize, a: usize, h: usize, q: usize, hard: bool, scratch: usize): void {
  const rowW = <usize>(3 * U) << 2, rowA = rowW, sizeU = <usize>U << 2, stepA = <usize>B * rowA, stepU = <usize>B * sizeU;
  const packedGates = scratch, packedNew = packedGates + <usize>((2 * U + 7) & ~7) * sizeU;
  const edge = packedNew + <usize>((U + 7) & ~7) * sizeU;
  packColumns(packedGates, wh, rowW, 4, U, 2 * U);
  packColumns(packedNew, wh + 2 * sizeU, rowW, 4, U, U);
  memory.fill(h, 0, stepU);
  for (let t = 0; t < T; t++) {
    const at = a + <usize>t * stepA, ht = h + <usize>t * stepU, qt = q + <usize>t * stepU;
    panels(B, 2 * U, U, false, ht, sizeU, packedGates, at, rowA, 1, 0, false, edge);
    if (hard) updateAndReset(B, U, at, ht, qt, true);
    else updateAndReset(B, U, at, ht, qt, false);
    panels(B, U, U, false, qt, sizeU, packedNew, at + 2 * sizeU, rowA, 1, 0, false, edge);
    candidate(B, U, at, ht, ht + stepU);
  }
}

/** First half of a step backwards: dz and dn from dh, and the direct part of the gradient of h_(t-1). */
function candidateBackward(B: i32, U: i32, a: usize, h: usize, dh: usize, dn: usize): void {
  const s = <usize>U << 2, one = f32x4.splat(1);
  for (let b = 0; b < B; b++) {
    for (let j: usize = 0; j < s; j += 16) {
      const z = v128.load(a + j), n = v128.load(a + 2 * s + j), d = v128.load(dh + j);
      v128.store(dn + j, f32x4.mul(f32x4.mul(d, f32x4.sub(one, z)), f32x4.sub(one, f32x4.mul(n, n))));
      v128.store(a + 2 * s + j, f32x4.mul(d, f32x4.sub(v128.load(h + j), n)));
      v128.store(dh + j, f32x4.mul(d, z));
    }
    a += 3 * s;
    h += s;
    dh += s;
    dn += s;
  }
}

/** Second half: with dq = dn Un^T, the gradients of all sums; a leaves as (dz, dr, dn). */
function resetBackward(B: i32, U: i32, a: usize, h: usize, dh: usize, dn: usize, dq: usize, hard: bool): void {
  const s = <usize>U << 2;
  for (let b = 0; b < B; b++) {
    for (let j: usize = 0; j < s; j += 16) {
      const z = v128.load(a + j), r = v128.load(a + s + j), g = v128.load(dq + j);
      const dz = v128.load(a + 2 * s + j);
      v128.store(a + j, f32x4.mul(dz, gateSlope4(z, hard)));
      v128.store(a + s + j, f32x4.mul(f32x4.mul(g, v128.load(h + j)), gateSlope4(r, hard)));
      v128.store(a + 2 * s + j, v128.load(dn + j));
      v128.store(dh + j, f32x4.add(v128.load(dh + j), f32x4.mul(g, r)));
    }
    a += 3 * s;
    h += s;
    dh += s;
    dn += s;
    dq += s;
  }
}

/**
 * Replaces a by the gradients of the gates' sums [T, B, 3U]; the caller makes the rest by products: d(Wz, Wr) = h^T dzr,
 * dWn = q^T dn, db = column sums, dx = da Wx^T. dOut: [B, U] for the last h, or with `sequence` [T, B, U].
 */
export function gruBackward(
  T: i32, B: i32, U: i32, wh: usize, a: usize, h: usize, dOut: usize, sequence: bool, hard: bool, scratch: usize,
): void {
  const rowW = <usize>(3 * U) << 2, sizeU = <usize>U << 2, stepA = <usize>B * rowW, stepU = <usize>B * sizeU;
  const width = <usize>((U + 7) & ~7);
  const packedGates = scratch, packedNew = packedGates + width * 2 * sizeU, dh = packedNew + width * sizeU;
  const dn = dh + stepU, dq = dn + stepU, more = dq + stepU, edge = more + stepU;
  packColumns(packedGates, wh, 4, rowW, 2 * U, U);
  packColumns(packedNew, wh + 2 * sizeU, 4, rowW, U, U);
  if (sequence) memory.fill(dh, 0, stepU);
  else memory.copy(dh, dOut, stepU);
  for (let t = T - 1; t >= 0; t--) {
    if (sequence) {
      const from = dOut + <usize>t * stepU;
      for (let j: usize = 0; j < stepU; j += 16) v128.store(dh + j, f32x4.add(v128.load(dh + j), v128.load(from + j)));
    }
    const at = a + <usize>t * stepA, ht = h + <usize>t * stepU;
    candidateBackward(B, U, at, ht, dh, dn);
    panels(B, U, U, false, dn, sizeU, packedNew, dq, sizeU, 0, 0, false, edge);
    if (hard) resetBackward(B, U, at, ht, dh, dn, dq, true);
    else resetBackward(B, U, at, ht, dh, dn, dq, false);
    if (t > 0) panels(B, U, 2 * U, false, at, rowW, packedGates, dh, sizeU, 1, 0, false, edge);
  }
}
