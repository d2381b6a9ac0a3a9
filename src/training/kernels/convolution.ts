/*
 * 2-D convolution on NHWC float32 without an im2col copy,
 *   y[b, oy, ox, o] = act(bias[o] + sum over fy, fx, c of x[b, oy SH + fy DH, ox SW + fx DW, c] w[fy, fx, c, o]),
 * x padded already, so that nothing tests for borders. FH runs of FW * C contiguous input values (with a width dilation
 * FH * FW runs of C) meet the filter packed by columns; a tile of 4 pixels x 8 channels stays in registers, as in
 * products.ts. The pixels of a tile need not be neighbours: their addresses come from a table, so that no row, however
 * short, leaves a tile half empty.
 *
 * The same loop makes the input gradient, which is the transposed convolution. Along one axis, input i + top = o S + f D:
 * inputs of equal (i + top) mod S form a phase and meet only every S-th tap, in falling order while o rises. Each phase is a
 * convolution of the output gradient with a part of the flipped, transposed filter (`packFlipped`), written S inputs
 * apart: no zeros are put between the gradients and none are multiplied. A 1-D convolution is one with height 1.
 */
import { packColumns } from './products';

/** Copies src [B, H, W, C] into zeros to [B, HP, WP, C], pixel (y, x) to (top + y, left + x). */
export function pad(to: usize, src: usize, B: i32, H: i32, W: i32, C: i32, top: i32, left: i32, HP: i32, WP: i32): void {
  const pixel = <usize>C << 2, row = <usize>WP * pixel, run = <usize>W * pixel;
  const before = <usize>top * row + <usize>left * pixel, between = row - run;
  const after = <usize>(HP - top - H) * row + between - <usize>left * pixel;
  for (let b = 0; b < B; b++) {
    memory.fill(to, 0, before);
    to += before;
    for (let y = 0; y < H; y++) {
      memory.copy(to, src, run);
      to += run;
      src += run;
      const zeros = y + 1 < H ? between : after;
      memory.fill(to, 0, zeros);
      to += zeros;
    }
  }
}

/**
 * Taps firstY, firstY + stepY, ... below FH (the same along x) of the filter [FH, FW, C, OC], in falling order and
 * transposed to [taps, OC, C], packed by columns: ceil(C / 8) panels of [taps * OC][8].
 */
export function packFlipped(
  to: usize, filter: usize, FH: i32, FW: i32, C: i32, OC: i32, firstY: i32, firstX: i32, stepY: i32, stepX: i32,
): void {
  if (firstY >= FH || firstX >= FW) return;
  const lastY = firstY + (FH - 1 - firstY) / stepY * stepY, lastX = firstX + (FW - 1 - firstX) / stepX * stepX;
  const row = <usize>OC << 2;
  for (let c = 0; c < C; c += 8) {
    for (let fy = lastY; fy >= firstY; fy -= stepY) {
      for (let fx = lastX; fx >= firstX; fx -= stepX) {
        packColumns(to, filter + <usize>((fy * FW + fx) * C + c) * row, 4, row, OC, min(8, C - c));
        to += row << 3;
      }
    }
  }
}

/** Pixels whose addresses are in the table at a time. */
const TABLE: i32 = 64;
/** Bytes of a pixel in the table: its first input value, its output. */
const ENTRY: usize = 8;

/** Stores the first `columns` of 8 values. */
@inline
function storeColumns(to: usize, low: v128, high: v128, columns: i32): void {
  if (columns >= 8) {
    v128.store(to, low);
    v128.store(to, high, 16);
    return;
  }
  if (columns >= 4) {
    v128.store(to, low);
    to += 16;
    low = high;
  }
  const rest = columns & 3;
  if (rest > 0) v128.store_lane<f32>(to, low, 0);
  if (rest > 1) v128.store_lane<f32>(to, low, 1, 4);
  if (rest > 2) v128.store_lane<f32>(to, low, 2, 8);
}

/** The 4 pixels at `table` x `columns` channels (at most 8) from `shift` on: `runs` runs of `run` values for each tap row. */
@inline
function tile(
  table: usize, FH: i32, runs: i32, run: i32, pitch: usize, gap: usize, filter: usize, shift: usize, columns: i32, bias: usize, relu: bool,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  if (bias) {
    c00 = v128.load(bias); c01 = v128.load(bias, 16);
    c10 = c00; c11 = c01; c20 = c00; c21 = c01; c30 = c00; c31 = c01;
  }
  const x0 = load<usize>(table), x1 = load<usize>(table, ENTRY), x2 = load<usize>(table, 2 * ENTRY), x3 = load<usize>(table, 3 * ENTRY);
  let b0: v128, b1: v128, s: v128;
  for (let fy = 0; fy < FH; fy++) {
    let at = <usize>fy * pitch;
    for (let r = 0; r < runs; r++) {
      let p0 = x0 + at, p1 = x1 + at, p2 = x2 + at, p3 = x3 + at, k = run, f = filter;
      while (k > 0) {
        b0 = v128.load(f); b1 = v128.load(f, 16);
        s = v128.load32_splat(p0); c00 = f32x4.add(f32x4.mul(s, b0), c00); c01 = f32x4.add(f32x4.mul(s, b1), c01);
        s = v128.load32_splat(p1); c10 = f32x4.add(f32x4.mul(s, b0), c10); c11 = f32x4.add(f32x4.mul(s, b1), c11);
        s = v128.load32_splat(p2); c20 = f32x4.add(f32x4.mul(s, b0), c20); c21 = f32x4.add(f32x4.mul(s, b1), c21);
        s = v128.load32_splat(p3); c30 = f32x4.add(f32x4.mul(s, b0), c30); c31 = f32x4.add(f32x4.mul(s, b1), c31);
        // Between the two the test: V8 moves the loads of straight code together, then spills registers.
        if (--k == 0) break;
        b0 = v128.load(f, 32); b1 = v128.load(f, 48);
        s = v128.load32_splat(p0, 4); c00 = f32x4.add(f32x4.mul(s, b0), c00); c01 = f32x4.add(f32x4.mul(s, b1), c01);
        s = v128.load32_splat(p1, 4); c10 = f32x4.add(f32x4.mul(s, b0), c10); c11 = f32x4.add(f32x4.mul(s, b1), c11);
        s = v128.load32_splat(p2, 4); c20 = f32x4.add(f32x4.mul(s, b0), c20); c21 = f32x4.add(f32x4.mul(s, b1), c21);
        s = v128.load32_splat(p3, 4); c30 = f32x4.add(f32x4.mul(s, b0), c30); c31 = f32x4.add(f32x4.mul(s, b1), c31);
        k--; f += 64; p0 += 8; p1 += 8; p2 += 8; p3 += 8;
      }
      filter += <usize>run << 5;
      at += gap;
    }
  }
  if (relu) {
    // pmax keeps a NaN that comes first: a diverged layer must not look calm. max takes eight instructions instead of one.
    const zero = f32x4.splat(0);
    c00 = f32x4.pmax(c00, zero); c01 = f32x4.pmax(c01, zero); c10 = f32x4.pmax(c10, zero); c11 = f32x4.pmax(c11, zero);
    c20 = f32x4.pmax(c20, zero); c21 = f32x4.pmax(c21, zero); c30 = f32x4.pmax(c30, zero); c31 = f32x4.pmax(c31, zero);
  }
  storeColumns(load<usize>(table, 4) + shift, c00, c01, columns);
  storeColumns(load<usize>(table, ENTRY + 4) + shift, c10, c11, columns);
  storeColumns(load<usize>(table, 2 * ENTRY + 4) + shift, c20, c21, columns);
  storeColumns(load<usize>(table, 3 * ENTRY + 4) + shift, c30, c31, columns);
}

/** Bytes of scratch memory `convolve` needs. */
export function convolveScratch(OC: i32): i32 {
  return TABLE * <i32>ENTRY + ((OC + 7) & ~7) * 4;
}

/**
 * B x OH x OW pixels of OC channels. Strides in bytes: pixel (b, oy, ox) starts at x + b imageX + oy rowX + ox pixelX and
 * is written to y + b imageY + oy rowY + ox pixelY; a tap row is `pitch`, a tap `gap` further. `filter` is packed by columns
 * (ceil(OC / 8) panels of [FH * FW * C][8]); bias [OC], 0: none. With no tap y is act(bias).
 */
export function convolve(
  x: usize, imageX: usize, rowX: usize, pixelX: usize, pitch: usize, gap: usize, C: i32, filter: usize, FH: i32, FW: i32,
  y: usize, imageY: usize, rowY: usize, pixelY: usize, B: i32, OH: i32, OW: i32, OC: i32, bias: usize, relu: bool, scratch: usize,
): void {
  const joined = gap == <usize>C << 2;
  const runs = joined ? 1 : FW, run = joined ? FW * C : C, panel = <usize>(FH * FW * C) << 5;
  const shifts = scratch + TABLE * ENTRY;
  if (bias) {
    memory.fill(shifts, 0, <usize>((OC + 7) & ~7) << 2);
    memory.copy(shifts, bias, <usize>OC << 2);
  }
  let oy = 0, ox = 0, lineX = x, lineY = y, from = x, to = y;
  for (let left = B * OH * OW; left > 0; left -= TABLE) {
    let entry = scratch;
    const full = scratch + <usize>min(TABLE, left) * ENTRY;
    while (entry < full) {
      const part = min(full, entry + <usize>(OW - ox) * ENTRY);
      ox += <i32>((part - entry) / ENTRY);
      while (entry < part) {
        store<usize>(entry, from);
        store<usize>(entry, to, 4);
        entry += ENTRY;
        from += pixelX;
        to += pixelY;
      }
      if (ox < OW) break;
      ox = 0;
      lineX += rowX;
      lineY += rowY;
      if (++oy == OH) {
        oy = 0;
        x += imageX;
        y += imageY;
        lineX = x;
        lineY = y;
      }
      from = lineX;
      to = lineY;
    }
    // The last pixel again, up to a whole tile: it is written twice.
    const end = scratch + ((full - scratch + 4 * ENTRY - 1) & ~(4 * ENTRY - 1));
    for (let last = entry - ENTRY; entry < end; entry += ENTRY) store<u64>(entry, load<u64>(last));
    let packed = filter;
    for (let j = 0; j < OC; j += 8) {
      const shift = <usize>j << 2, columns = OC - j;
      for (let at = scratch; at < end; at += 4 * ENTRY) {
        tile(at, FH, runs, run, pitch, gap, packed, shift, columns, bias ? shifts + shift : 0, relu);
      }
      packed += panel;
    }
  }
}
