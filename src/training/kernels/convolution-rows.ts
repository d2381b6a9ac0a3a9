/*
 * Convolution of one input channel at stride 1 (the first layer on grey pictures): the values under 4 neighbouring pixels
 * overlap, so that one address serves all four, and with so few values per tap row the table of convolution.ts would take
 * longer than the sums. A tile is 4 neighbouring pixels of a row x 8 channels.
 */

/** The tile whose first pixel sees `rows` tap rows of `run` values from x on; written to `to`, its pixels `pixel` bytes apart. */
@inline
function tile(x: usize, rows: i32, run: i32, pitch: usize, filter: usize, bias: usize, relu: bool, to: usize, pixel: usize): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  if (bias) {
    c00 = v128.load(bias); c01 = v128.load(bias, 16);
    c10 = c00; c11 = c01; c20 = c00; c21 = c01; c30 = c00; c31 = c01;
  }
  let b0: v128, b1: v128, s: v128;
  for (let fy = 0; fy < rows; fy++) {
    let a = x, k = run;
    while (k > 0) {
      b0 = v128.load(filter); b1 = v128.load(filter, 16);
      s = v128.load32_splat(a); c00 = f32x4.add(f32x4.mul(s, b0), c00); c01 = f32x4.add(f32x4.mul(s, b1), c01);
      s = v128.load32_splat(a, 4); c10 = f32x4.add(f32x4.mul(s, b0), c10); c11 = f32x4.add(f32x4.mul(s, b1), c11);
      s = v128.load32_splat(a, 8); c20 = f32x4.add(f32x4.mul(s, b0), c20); c21 = f32x4.add(f32x4.mul(s, b1), c21);
      s = v128.load32_splat(a, 12); c30 = f32x4.add(f32x4.mul(s, b0), c30); c31 = f32x4.add(f32x4.mul(s, b1), c31);
      a += 4; filter += 32; k--;
    }
    x += pitch;
  }
  if (relu) {
    // pmax keeps a NaN that comes first.
    const zero = f32x4.splat(0);
    c00 = f32x4.pmax(c00, zero); c01 = f32x4.pmax(c01, zero); c10 = f32x4.pmax(c10, zero); c11 = f32x4.pmax(c11, zero);
    c20 = f32x4.pmax(c20, zero); c21 = f32x4.pmax(c21, zero); c30 = f32x4.pmax(c30, zero); c31 = f32x4.pmax(c31, zero);
  }
  const q1 = to + pixel, q2 = q1 + pixel, q3 = q2 + pixel;
  v128.store(to, c00); v128.store(to, c01, 16); v128.store(q1, c10); v128.store(q1, c11, 16);
  v128.store(q2, c20); v128.store(q2, c21, 16); v128.store(q3, c30); v128.store(q3, c31, 16);
}

/**
 * y [B, OH, OW, OC], OC a multiple of 8 and OW at least 4, from x [B, H, W, 1], padded already. `filter` is packed by columns;
 * bias [OC], 0: none. Bytes between images: imageX; between the rows that output rows begin with: rowX; between tap rows: pitch.
 */
export function convolveRows(
  x: usize, imageX: usize, rowX: usize, pitch: usize, filter: usize, FH: i32, FW: i32,
  y: usize, B: i32, OH: i32, OW: i32, OC: i32, bias: usize, relu: bool,
): void {
  const pixel = <usize>OC << 2, panel = <usize>(FH * FW) << 5;
  for (let b = 0; b < B; b++) {
    for (let oy = 0; oy < OH; oy++) {
      const line = x + <usize>oy * rowX;
      let packed = filter;
      for (let j: usize = 0; j < pixel; j += 32) {
        // The last tile overlaps the one before, so that none leaves the row.
        for (let start = 0; start < OW; start += 4) {
          const ox = <usize>min(start, OW - 4);
          tile(line + (ox << 2), FH, FW, pitch, packed, bias ? bias + j : 0, relu, y + ox * pixel + j, pixel);
        }
        packed += panel;
      }
      y += <usize>OW * pixel;
    }
    x += imageX;
  }
}
