/*
 * LSTM over a whole sequence as one operation, forward and backward (Hochreiter and Schmidhuber 1997; gates in the
 * order i, f, c, o of tfjs and Keras; zero initial state).
 *
 *   z_t = x_t Wx + h_(t-1) Wh + b;  i, f, o = gate(z);  g = act(z);  c_t = f c_(t-1) + i g;  h_t = o act(c_t)
 *
 * `gate` and `act` are kinds of activations.ts. Kept for the backward pass, time-major: xh [T + 1, B, I + U] (row t is x_t
 * beside h_(t-1)), z [T, B, 4U] (the gates; the backward pass overwrites them by dz), c and act(c) [T, B, U], and, where the
 * slope of an activation does not follow from its value, `before` [T, B, 4U], the gates' sums; else 0. Any U.
 */
import { activate, activatePair, activationGradient, HARD_SIGMOID, pairGradient, SIGMOID, TANH } from './activations';
import { hardSigmoidSlope4 } from './functions';
import { addTo, put, take } from './lanes';
import { packColumns, panels } from './products';

/** One vector of c = f c_(t-1) + i g, also written to where act(c) will be. */
@inline
function cell4(z: usize, s: usize, before: usize, c: usize, actC: usize, j: usize, left: usize, first: bool): void {
  let cell = f32x4.mul(take(z + j, left), take(z + 2 * s + j, left));
  if (!first) cell = f32x4.add(f32x4.mul(take(z + s + j, left), take(before + j, left)), cell);
  put(c + j, cell, left);
  put(actC + j, cell, left);
}

function gates(
  B: i32, U: i32, z: usize, before: usize, c: usize, actC: usize, h: usize, rowH: usize, first: bool, gate: i32, act: i32,
): void {
  const s = <usize>U << 2, row: usize = 4 * s;
  activatePair(gate, B, U, z, row);
  activate(act, B, U, z + 2 * s, row);
  activate(gate, B, U, z + 3 * s, row);
  let p = z, q = c, k = actC;
  for (let b = 0; b < B; b++) {
    let j: usize = 0;
    for (; j + 16 <= s; j += 16) cell4(p, s, before, q, k, j, 16, first);
    if (j < s) cell4(p, s, before, q, k, j, s - j, first);
    p += row;
    before += s;
    q += s;
    k += s;
  }
  activate(act, B, U, actC, s);
  z += 3 * s;
  for (let b = 0; b < B; b++) {
    let j: usize = 0;
    for (; j + 16 <= s; j += 16) v128.store(h + j, f32x4.mul(v128.load(z + j), v128.load(actC + j)));
    if (j < s) put(h + j, f32x4.mul(take(z + j, s - j), take(actC + j, s - j)), s - j);
    z += row;
    actC += s;
    h += rowH;
  }
}

/** Bytes of scratch memory of `lstmForward`. */
export function lstmForwardScratch(I: i32, U: i32): i32 {
  return ((4 * U + 7) & ~7) * (I + U) * 4 + (I + U) * 16 + 1024;
}

/**
 * x [B, T, I], wx [I, 4U], wh [U, 4U], bias [4U] or 0. out: [B, U] the last h, or with `sequence` [B, T, U] every h.
 * `back`: time runs from T - 1 to 0, and out (with `sequence`) lists the steps in the order they were computed.
 */
export function lstmForward(
  T: i32, B: i32, I: i32, U: i32, x: usize, wx: usize, wh: usize, bias: usize, xh: usize, z: usize, before: usize, c: usize, actC: usize,
  out: usize, sequence: bool, back: bool, gate: i32, act: i32, scratch: usize,
): void {
  const K = I + U, G = 4 * U;
  const rowXh = <usize>K << 2, rowZ = <usize>G << 2, sizeU = <usize>U << 2, sizeI = <usize>I << 2, panel = <usize>K << 5;
  // The packed weights serve every time step.
  for (let j = 0; j < G; j += 8) {
    const to = scratch + <usize>(j >> 3) * panel, width = min(8, G - j);
    packColumns(to, wx + (<usize>j << 2), rowZ, 4, I, width);
    packColumns(to + (<usize>I << 5), wh + (<usize>j << 2), rowZ, 4, U, width);
  }
  const edge = scratch + <usize>((G + 7) >> 3) * panel;
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
    if (before) memory.copy(before + <usize>t * stepZ, zt, stepZ);
    gates(B, U, zt, ct - stepC, ct, actC + <usize>t * stepC, next, rowXh, t == 0, gate, act);
    if (sequence) for (let b = 0; b < B; b++) memory.copy(out + <usize>(b * T + t) * sizeU, next + <usize>b * rowXh, sizeU);
    else if (t == T - 1) for (let b = 0; b < B; b++) memory.copy(out + <usize>b * sizeU, next + <usize>b * rowXh, sizeU);
  }
}

/** One vector of dz from the values of the gates, where dcell is the whole gradient of c_t. */
@inline
function gradient4(z: usize, s: usize, d: usize, before: usize, actC: usize, dh: usize, dc: usize, j: usize, left: usize, first: bool): void {
  const i = take(z + j, left), f = take(z + s + j, left), g = take(z + 2 * s + j, left);
  const dcell = f32x4.add(take(dc + j, left), take(d + 3 * s + j, left));
  put(d + j, f32x4.mul(dcell, g), left);
  put(d + s + j, first ? f32x4.splat(0) : f32x4.mul(dcell, take(before + j, left)), left);
  put(d + 2 * s + j, f32x4.mul(dcell, i), left);
  put(d + 3 * s + j, f32x4.mul(take(dh + j, left), take(actC + j, left)), left);
  put(dc + j, f32x4.mul(dcell, f), left);
}

/** Turns the gates of one step into dz; dc holds the gradient of c_t and leaves with that of c_(t-1). d: a row of scratch. */
function gatesBackward(
  B: i32, U: i32, z: usize, sums: usize, before: usize, c: usize, actC: usize, dh: usize, dc: usize, d: usize, first: bool, gate: i32, act: i32,
): void {
  const s = <usize>U << 2;
  for (let b = 0; b < B; b++) {
    let j: usize = 0;
    for (; j + 16 <= s; j += 16) v128.store(d + 3 * s + j, f32x4.mul(v128.load(dh + j), v128.load(z + 3 * s + j)));
    if (j < s) put(d + 3 * s + j, f32x4.mul(take(dh + j, s - j), take(z + 3 * s + j, s - j)), s - j);
    activationGradient(act, 1, U, d + 3 * s, 0, d + 3 * s, 0, actC, 0, c, 0);
    for (j = 0; j + 16 <= s; j += 16) gradient4(z, s, d, before, actC, dh, dc, j, 16, first);
    if (j < s) gradient4(z, s, d, before, actC, dh, dc, j, s - j, first);
    pairGradient(gate, 1, U, z, 0, d, 0, z, 0, sums, 0);
    activationGradient(act, 1, U, z + 2 * s, 0, d + 2 * s, 0, z + 2 * s, 0, sums + 2 * s, 0);
    activationGradient(gate, 1, U, z + 3 * s, 0, d + 3 * s, 0, z + 3 * s, 0, sums + 3 * s, 0);
    z += 4 * s;
    sums += 4 * s;
    before += s;
    c += s;
    actC += s;
    dh += s;
    dc += s;
  }
}

@inline
function sloped(d: v128, y: v128, hard: bool): v128 {
  return f32x4.mul(d, hard ? hardSigmoidSlope4(y) : f32x4.mul(y, f32x4.sub(f32x4.splat(1), y)));
}

/** The same as `gradient4` and the slopes after it, in one go. */
@inline
function tanhGradient4(
  z: usize, s: usize, before: usize, t: usize, dh: usize, dc: usize, j: usize, left: usize, first: bool, hard: bool,
): void {
  const one = f32x4.splat(1);
  const i = take(z + j, left), f = take(z + s + j, left), g = take(z + 2 * s + j, left), o = take(z + 3 * s + j, left);
  const tanhC = take(t + j, left), d = take(dh + j, left);
  const dcell = f32x4.add(take(dc + j, left), f32x4.mul(f32x4.mul(d, o), f32x4.sub(one, f32x4.mul(tanhC, tanhC))));
  put(z + 3 * s + j, sloped(f32x4.mul(d, tanhC), o, hard), left);
  put(z + j, sloped(f32x4.mul(dcell, g), i, hard), left);
  put(z + s + j, first ? f32x4.splat(0) : sloped(f32x4.mul(dcell, take(before + j, left)), f, hard), left);
  put(z + 2 * s + j, f32x4.mul(f32x4.mul(dcell, i), f32x4.sub(one, f32x4.mul(g, g))), left);
  put(dc + j, f32x4.mul(dcell, f), left);
}

/** `gatesBackward` where `act` is tanh and `gate` a sigmoid, hard or not: the usual ones, without rows of scratch. */
@inline
function tanhBackward(B: i32, U: i32, z: usize, before: usize, t: usize, dh: usize, dc: usize, first: bool, hard: bool): void {
  const s = <usize>U << 2;
  for (let b = 0; b < B; b++) {
    let j: usize = 0;
    for (; j + 16 <= s; j += 16) tanhGradient4(z, s, before, t, dh, dc, j, 16, first, hard);
    if (j < s) tanhGradient4(z, s, before, t, dh, dc, j, s - j, first, hard);
    z += 4 * s;
    before += s;
    t += s;
    dh += s;
    dc += s;
  }
}

/** Bytes of scratch memory of `lstmBackward`. */
export function lstmBackwardScratch(B: i32, U: i32): i32 {
  return B * U * 8 + ((U + 7) & ~7) * 4 * U * 4 + 4 * U * 32 + 1024;
}

/**
 * Replaces the gates z by their gradients dz [T, B, 4U], from which the caller makes the rest by products:
 * d(Wx; Wh) = xh^T dz, db = column sums of dz, dx_t = dz_t Wx^T. dOut: as `out` of the forward pass.
 */
export function lstmBackward(
  T: i32, B: i32, U: i32, wh: usize, z: usize, before: usize, c: usize, actC: usize, dOut: usize, sequence: bool, gate: i32, act: i32,
  scratch: usize,
): void {
  const G = 4 * U;
  const rowZ = <usize>G << 2, sizeU = <usize>U << 2, stepZ = <usize>B * rowZ, stepC = <usize>B * sizeU;
  const dh = scratch, dc = dh + stepC, row = dc + stepC, packed = row + rowZ, edge = packed + <usize>((U + 7) & ~7) * rowZ;
  packColumns(packed, wh, 4, rowZ, G, U);
  memory.fill(dc, 0, stepC);
  if (sequence) memory.fill(dh, 0, stepC);
  else memory.copy(dh, dOut, stepC);
  for (let t = T - 1; t >= 0; t--) {
    if (sequence) for (let b = 0; b < B; b++) addTo(dh + <usize>b * sizeU, dOut + <usize>(b * T + t) * sizeU, sizeU);
    const zt = z + <usize>t * stepZ, ct = c + <usize>t * stepC, sums = before ? before + <usize>t * stepZ : zt;
    const actAt = actC + <usize>t * stepC;
    if (act == TANH && gate == SIGMOID) tanhBackward(B, U, zt, ct - stepC, actAt, dh, dc, t == 0, false);
    else if (act == TANH && gate == HARD_SIGMOID) tanhBackward(B, U, zt, ct - stepC, actAt, dh, dc, t == 0, true);
    else gatesBackward(B, U, zt, sums, ct - stepC, ct, actAt, dh, dc, row, t == 0, gate, act);
    if (t > 0) panels(B, U, G, false, zt, rowZ, packed, dh, sizeU, 0, 0, false, edge);
  }
}
