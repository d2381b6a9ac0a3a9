/*
 * LSTM over a whole sequence as one operation, forward and backward (Hochreiter and Schmidhuber 1997; gates in the
 * order i, f, c, o of tfjs and Keras; tanh cell, hard or logistic sigmoid gates; zero initial state).
 *
 *   z_t = x_t Wx + h_(t-1) Wh + b;  i, f, o = gate(z);  g = tanh(z);  c_t = f c_(t-1) + i g;  h_t = o tanh(c_t)
 *
 * Kept for the backward pass, time-major: xh [T + 1, B, I + U] (row t is x_t beside h_(t-1)), z [T, B, 4U] (the activated
 * gates; the backward pass overwrites them by dz), c and tanh(c) [T, B, U]. U is a multiple of 4.
 */
import { gate4, gateSlope4, tanh4 } from './functions';
import { packColumns, panels } from './products';

function gates(B: i32, U: i32, z: usize, before: usize, c: usize, tanhC: usize, h: usize, rowH: usize, first: bool, hard: bool): void {
  const s = <usize>U << 2;
  for (let b = 0; b < B; b++) {
    for (let j: usize = 0; j < s; j += 16) {
      const i = gate4(v128.load(z + j), hard), f = gate4(v128.load(z + s + j), hard);
      const g = tanh4(v128.load(z + 2 * s + j)), o = gate4(v128.load(z + 3 * s + j), hard);
      let cell = f32x4.mul(i, g);
      if (!first) cell = f32x4.add(f32x4.mul(f, v128.load(before + j)), cell);
      const t = tanh4(cell);
      v128.store(z + j, i);
      v128.store(z + s + j, f);
      v128.store(z + 2 * s + j, g);
      v128.store(z + 3 * s + j, o);
      v128.store(c + j, cell);
      v128.store(tanhC + j, t);
      v128.store(h + j, f32x4.mul(o, t));
    }
    z += 4 * s;
    before += s;
    c += s;
    tanhC += s;
    h += rowH;
  }
}

/** Bytes of scratch memory of `lstmForward`. */
export function lstmForwardScratch(I: i32, U: i32): i32 {
  return 4 * U * (I + U) * 4 + (I + U) * 16 + 1024;
}

/**
 * x [B, T, I], wx [I, 4U], wh [U, 4U], bias [4U] or 0. out: [B, U] the last h, or with `sequence` [B, T, U] every h.
 * `back`: time runs from T - 1 to 0, and out (with `sequence`) lists the steps in the order they were computed.
 */
export function lstmForward(
  T: i32, B: i32, I: i32, U: i32, x: usize, wx: usize, wh: usize, bias: usize, xh: usize, z: usize, c: usize, tanhC: usize,
  out: usize, sequence: bool, back: bool, hard: bool, scratch: usize,
): void {
  const K = I + U, G = 4 * U;
  const rowXh = <usize>K << 2, rowZ = <usize>G << 2, sizeU = <usize>U << 2, sizeI = <usize>I << 2, panel = <usize>K << 5;
  for (let j = 0; j < G; j += 8) {
    const to = scratch + <usize>(j >> 3) * panel;
    packColumns(to, wx + (<usize>j << 2), rowZ, 4, I, 8);
    packColumns(to + (<usize>I << 5), wh + (<usize>j << 2), rowZ, 4, U, 8);
  }
  const edge = scratch + <usize>(G >> 3) * panel;
  const stepXh = <usize>B * rowXh, stepZ = <usize>B * rowZ, stepC = <usize>B * sizeU;
  for (let t = 0; t < T; t++) {
    const at = xh + <usize>t * stepXh;
    const time = back ? T - 1 - t : t;
    for (let b = 0; b < B; b++) {
      memory.copy(at + <usize>b * rowXh, x + <usize>(b * T + time) * sizeI, sizeI);
      if (t == 0) memory.fill(at + <usize>b * rowXh + sizeI, 0, sizeU);
    }
    const zt = z + <usize>t * stepZ, ct = c + <usize>t * stepC, next = at + stepXh + sizeI;
    panels(B, G, K, false, at, rowXh, scratch, zt, rowZ, bias ? 2 : 0, bias, false, edge);
    // The flag is a constant in each call: the compiler then drops the other branch.
    if (hard) gates(B, U, zt, ct - stepC, ct, tanhC + <usize>t * stepC, next, rowXh, t == 0, true);
    else gates(B, U, zt, ct - stepC, ct, tanhC + <usize>t * stepC, next, rowXh, t == 0, false);
    if (sequence) for (let b = 0; b < B; b++) memory.copy(out + <usize>(b * T + t) * sizeU, next + <usize>b * rowXh, sizeU);
    else if (t == T - 1) for (let b = 0; b < B; b++) memory.copy(out + <usize>b * sizeU, next + <usize>b * rowXh, sizeU);
  }
}

/** Turns the gates of one step into dz; dc holds the gradient of c_t and leaves with that of c_(t-1). */
function gatesBackward(B: i32, U: i32, z: usize, before: usize, tanhC: usize, dh: usize, dc: usize, first: bool, hard: bool): void {
  const s = <usize>U << 2, one = f32x4.splat(1);
  for (let b = 0; b < B; b++) {
    for (let j: usize = 0; j < s; j += 16) {
      const i = v128.load(z + j), f = v128.load(z + s + j), g = v128.load(z + 2 * s + j), o = v128.load(z + 3 * s + j);
      const t = v128.load(tanhC + j), d = v128.load(dh + j);
      const dcell = f32x4.add(v128.load(dc + j), f32x4.mul(f32x4.mul(d, o), f32x4.sub(one, f32x4.mul(t, t))));
      v128.store(z + 3 * s + j, f32x4.mul(f32x4.mul(d, t), gateSlope4(o, hard)));
      v128.store(z + j, f32x4.mul(f32x4.mul(dcell, g), gateSlope4(i, hard)));
      v128.store(z + s + j, first ? f32x4.splat(0) : f32x4.mul(f32x4.mul(dcell, v128.load(before + j)), gateSlope4(f, hard)));
      v128.store(z + 2 * s + j, f32x4.mul(f32x4.mul(dcell, i), f32x4.sub(one, f32x4.mul(g, g))));
      v128.store(dc + j, f32x4.mul(dcell, f));
    }
    z += 4 * s;
    before += s;
    tanhC += s;
    dh += s;
    dc += s;
  }
}

/** Bytes of scratch memory of `lstmBackward`. */
export function lstmBackwardScratch(B: i32, U: i32): i32 {
  return B * U * 8 + ((U + 7) & ~7) * 4 * U * 4 + 4 * U * 16 + 1024;
}

/**
 * Replaces the gates z by their gradients dz [T, B, 4U], from which the caller makes the rest by products:
 * d(Wx; Wh) = xh^T dz, db = column sums of dz, dx_t = dz_t Wx^T. dOut: as `out` of the forward pass.
 */
export function lstmBackward(
  T: i32, B: i32, U: i32, wh: usize, z: usize, c: usize, tanhC: usize, dOut: usize, sequence: bool, hard: bool, scratch: usize,
): void {
  const G = 4 * U;
  const rowZ = <usize>G << 2, sizeU = <usize>U << 2, stepZ = <usize>B * rowZ, stepC = <usize>B * sizeU;
  const dh = scratch, dc = dh + stepC, packed = dc + stepC, edge = packed + <usize>((U + 7) & ~7) * rowZ;
  packColumns(packed, wh, 4, rowZ, G, U);
  memory.fill(dc, 0, stepC);
  if (sequence) memory.fill(dh, 0, stepC);
  else memory.copy(dh, dOut, stepC);
  for (let t = T - 1; t >= 0; t--) {
    if (sequence) {
      for (let b = 0; b < B; b++) {
        const p = dh + <usize>b * sizeU, q = dOut + <usize>(b * T + t) * sizeU;
        for (let j: usize = 0; j < sizeU; j += 16) v128.store(p + j, f32x4.add(v128.load(p + j), v128.load(q + j)));
      }
    }
    const zt = z + <usize>t * stepZ, before = c + <usize>t * stepC - stepC, tanhAt = tanhC + <usize>t * stepC;
    if (hard) gatesBackward(B, U, zt, before, tanhAt, dh, dc, t == 0, true);
    else gatesBackward(B, U, zt, before, tanhAt, dh, dc, t == 0, false);
    if (t > 0) panels(B, U, G, false, zt, rowZ, packed, dh, sizeU, 0, 0, false, edge);
  }
}
