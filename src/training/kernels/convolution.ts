/*
 * 2-D convolution on NHWC float32 without an im2col copy: forward, and the gradients of the input and of the filter.
 *
 * The input is padded once (`pad`), so the kernels never test for borders. For one output row, FH runs of FW * C
 * contiguous input values meet the filter packed by columns: a 4 pixel x 8 channel tile stays in registers, as in
 * products.ts. The input gradient is a forward convolution of the (strided, padded) output gradient with the flipped,
 * transposed filter. A 1-D convolution is one with height 1. Dilation spreads the runs: with a width dilation each run
 * is C values, FW of them.
 */
import { packColumns } from './products';

/** Copies src [B, H, W, C] into zeros to [B, HP, WP, C], pixel (y, x) to (top + y * strideY, left + x * strideX). */
export function pad(
  to: usize, src: usize, B: i32, H: i32, W: i32, C: i32, top: i32, left: i32, HP: i32, WP: i32, strideY: i32, strideX: i32,
): void {
  const pixel = <usize>C << 2;
  const row = <usize>WP * pixel;
  memory.fill(to, 0, <usize>B * <usize>HP * row);
  for (let b = 0; b < B; b++) {
    for (let y = 0; y < H; y++) {
      let d = to + <usize>(b * HP + top + y * strideY) * row + <usize>left * pixel;
      if (strideX == 1) {
        memory.copy(d, src, <usize>W * pixel);
        src += <usize>W * pixel;
      } else {
        for (let x = 0; x < W; x++) {
          memory.copy(d, src, pixel);
          d += <usize>strideX * pixel;
          src += pixel;
        }
      }
    }
  }
}

/** Filter [FH, FW, C, OC] flipped in both directions and transposed to [FH, FW, OC, C], packed by columns. `temporary`: a copy's size. */
export function packFlipped(to: usize, filter: usize, FH: i32, FW: i32, C: i32, OC: i32, temporary: usize): void {
  const block = <usize>(C * OC) << 2;
  const taps = FH * FW;
  for (let f = 0; f < taps; f++) {
    const s = filter + <usize>(taps - 1 - f) * block, d = temporary + <usize>f * block;
    for (let c = 0; c < C; c++) {
      for (let o = 0; o < OC; o++) store<f32>(d + (<usize>(o * C + c) << 2), load<f32>(s + (<usize>(c * OC + o) << 2)));
    }
  }
  packColumns(to, temporary, <usize>C << 2, 4, taps * OC, C);
}

/** 4 pixels x 8 channels: `runs` runs of `run` values; run r of tap row y is at p + y * pitch + r * gap. */
function forwardTile(
  FH: i32, runs: i32, run: i32, pitch: usize, gap: usize, p: usize, pixel: usize, filter: usize, y: usize, rowY: usize,
  bias: usize, relu: bool,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  if (bias) {
    c00 = v128.load(bias); c01 = v128.load(bias, 16);
    c10 = c00; c11 = c01; c20 = c00; c21 = c01; c30 = c00; c31 = c01;
  }
  let b0: v128, b1: v128, s: v128;
  for (let fy = 0; fy < FH; fy++) {
    let at = p;
    for (let r = 0; r < runs; r++) {
      let p0 = at, p1 = at + pixel, p2 = p1 + pixel, p3 = p2 + pixel, k = run;
      while (k > 0) {
        b0 = v128.load(filter); b1 = v128.load(filter, 16);
        s = v128.load32_splat(p0); c00 = f32x4.add(f32x4.mul(s, b0), c00); c01 = f32x4.add(f32x4.mul(s, b1), c01);
        s = v128.load32_splat(p1); c10 = f32x4.add(f32x4.mul(s, b0), c10); c11 = f32x4.add(f32x4.mul(s, b1), c11);
        s = v128.load32_splat(p2); c20 = f32x4.add(f32x4.mul(s, b0), c20); c21 = f32x4.add(f32x4.mul(s, b1), c21);
        s = v128.load32_splat(p3); c30 = f32x4.add(f32x4.mul(s, b0), c30); c31 = f32x4.add(f32x4.mul(s, b1), c31);
        k--; filter += 32; p0 += 4; p1 += 4; p2 += 4; p3 += 4;
      }
      at += gap;
    }
    p += pitch;
  }
  if (relu) {
    const zero = f32x4.splat(0);
    c00 = f32x4.max(c00, zero); c01 = f32x4.max(c01, zero); c10 = f32x4.max(c10, zero); c11 = f32x4.max(c11, zero);
    c20 = f32x4.max(c20, zero); c21 = f32x4.max(c21, zero); c30 = f32x4.max(c30, zero); c31 = f32x4.max(c31, zero);
  }
  const q1 = y + rowY, q2 = q1 + rowY, q3 = q2 + rowY;
  v128.store(y, c00); v128.store(y, c01, 16); v128.store(q1, c10); v128.store(q1, c11, 16);
  v128.store(q2, c20); v128.store(q2, c21, 16); v128.store(q3, c30); v128.store(q3, c31, 16);
}

/**
 * y [B, OH, OW, OC] = act(x * filter + bias). x [B, H, W, C] is padded already; `filter` packed by columns
 * ([OC / 8][FH * FW * C][8]); bias 0: none. `edge`: 192 bytes. With fewer than 4 pixels a row, x must be readable
 * 3 * SW * C values past its end.
 */
export function convolve(
  x: usize, B: i32, H: i32, W: i32, C: i32, filter: usize, FH: i32, FW: i32, SH: i32, SW: i32, DH: i32, DW: i32,
  y: usize, OH: i32, OW: i32, OC: i32, bias: usize, relu: bool, edge: usize,
): void {
  const runs = DW == 1 ? 1 : FW, run = DW == 1 ? FW * C : C;
  const rowX = <usize>(W * C) << 2, pixel = <usize>(SW * C) << 2, rowY = <usize>OC << 2, panel = <usize>(FH * FW * C) << 5;
  const pitch = <usize>DH * rowX, gap = <usize>(DW * C) << 2;
  for (let b = 0; b < B; b++) {
    for (let oy = 0; oy < OH; oy++) {
      const from = x + <usize>(b * H + oy * SH) * rowX;
      const to = y + <usize>((b * OH + oy) * OW) * rowY;
      let packed = filter;
      for (let j = 0; j < OC; j += 8) {
        const columns = min(8, OC - j);
        let biasHere = bias ? bias + (<usize>j << 2) : 0;
        if (bias && columns < 8) {
          for (let q = 0; q < 8; q++) store<f32>(edge + 128 + (<usize>q << 2), q < columns ? load<f32>(biasHere + (<usize>q << 2)) : 0);
          biasHere = edge + 128;
        }
        for (let start = 0; start < OW; start += 4) {
          // The last tile overlaps the one before, so that no tile leaves the row.
          const ox = OW >= 4 ? min(start, OW - 4) : 0;
          const out = to + <usize>ox * rowY + (<usize>j << 2), pixels = from + <usize>ox * pixel;
          if (columns == 8 && OW >= 4) {
            forwardTile(FH, runs, run, pitch, gap, pixels, pixel, packed, out, rowY, biasHere, relu);
            continue;
          }
          forwardTile(FH, runs, run, pitch, gap, pixels, pixel, packed, edge, 32, biasHere, relu);
          const rows = min(4, OW - ox);
          for (let r = 0; r < rows; r++) {
            for (let q = 0; q < columns; q++) {
              store<f32>(out + <usize>r * rowY + (<usize>q << 2), load<f32>(edge + (<usize>r << 5) + (<usize>q << 2)));
            }
          }
        }
        packed += panel;
      }
    }
  }
}

/** Adds to a tile [4][8]: sum over OH x OW pixels of 4 input values times 8 output gradients. */
function filterTile(OH: i32, OW: i32, x: usize, rowX: usize, pixel: usize, dy: usize, rowDy: usize, tile: usize, rowTile: usize, first: bool): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  let d = dy;
  let b0: v128, b1: v128, s: v128;
  for (let oy = 0; oy < OH; oy++) {
    let a = x, k = OW;
    while (k > 0) {
      b0 = v128.load(d); b1 = v128.load(d, 16);
      s = v128.load32_splat(a); c00 = f32x4.add(f32x4.mul(s, b0), c00); c01 = f32x4.add(f32x4.mul(s, b1), c01);
      s = v128.load32_splat(a, 4); c10 = f32x4.add(f32x4.mul(s, b0), c10); c11 = f32x4.add(f32x4.mul(s, b1), c11);
      s = v128.load32_splat(a, 8); c20 = f32x4.add(f32x4.mul(s, b0), c20); c21 = f32x4.add(f32x4.mul(s, b1), c21);
      s = v128.load32_splat(a, 12); c30 = f32x4.add(f32x4.mul(s, b0), c30); c31 = f32x4.add(f32x4.mul(s, b1), c31);
      a += pixel; d += rowDy; k--;
    }
    x += rowX;
  }
  const q1 = tile + rowTile, q2 = q1 + rowTile, q3 = q2 + rowTile;
  if (!first) {
    c00 = f32x4.add(c00, v128.load(tile)); c01 = f32x4.add(c01, v128.load(tile, 16));
    c10 = f32x4.add(c10, v128.load(q1)); c11 = f32x4.add(c11, v128.load(q1, 16));
    c20 = f32x4.add(c20, v128.load(q2)); c21 = f32x4.add(c21, v128.load(q2, 16));
    c30 = f32x4.add(c30, v128.load(q3)); c31 = f32x4.add(c31, v128.load(q3, 16));
  }
  v128.store(tile, c00); v128.store(tile, c01, 16); v128.store(q1, c10); v128.store(q1, c11, 16);
  v128.store(q2, c20); v128.store(q2, c21, 16); v128.store(q3, c30); v128.store(q3, c31, 16);
}

/** Bytes of scratch memory `filterGradient` needs. */
export function filterGradientScratch(FH: i32, FW: i32, C: i32, OC: i32, DW: i32): i32 {
  const runs = DW == 1 ? 1 : FW, run = DW == 1 ? FW * C : C;
  return FH * runs * ((run + 3) & ~3) * ((OC + 7) & ~7) * 4;
}

/**
 * dw [FH, FW, C, OC] = sum over the batch of x (padded [B, H, W, C]) against dy [B, OH, OW, OC].
 * x is read up to 12 bytes, dy up to 28 bytes past their ends.
 */
export function filterGradient(
  x: usize, B: i32, H: i32, W: i32, C: i32, dy: usize, OH: i32, OW: i32, OC: i32, FH: i32, FW: i32, SH: i32, SW: i32,
  DH: i32, DW: i32, dw: usize, scratch: usize,
): void {
  const runs = DW == 1 ? 1 : FW, run = DW == 1 ? FW * C : C;
  const run4 = (run + 3) & ~3, OC8 = (OC + 7) & ~7;
  const rowX = <usize>(W * C) << 2, pixel = <usize>(SW * C) << 2, rowDy = <usize>OC << 2, rowTile = <usize>OC8 << 2;
  const pitch = <usize>DH * rowX, gap = <usize>(DW * C) << 2;
  for (let b = 0; b < B; b++) {
    const xb = x + <usize>(b * H) * rowX, dyb = dy + <usize>(b * OH * OW) * rowDy;
    for (let fy = 0; fy < FH; fy++) {
      for (let r = 0; r < runs; r++) {
        for (let j = 0; j < OC8; j += 8) {
          for (let k = 0; k < run4; k += 4) {
            const tile = scratch + <usize>((fy * runs + r) * run4 + k) * rowTile + (<usize>j << 2);
            const from = xb + <usize>fy * pitch + <usize>r * gap + (<usize>k << 2);
            filterTile(OH, OW, from, <usize>SH * rowX, pixel, dyb + (<usize>j << 2), rowDy, tile, rowTile, b == 0);
          }
        }
      }
    }
  }
  for (let t = 0; t < FH * runs; t++) {
    for (let k = 0; k < run; k++) memory.copy(dw + <usize>(t * run + k) * rowDy, scratch + <usize>(t * run4 + k) * rowTile, rowDy);
  }
}
