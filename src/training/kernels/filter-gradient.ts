/*
 * Gradient of the filter of a 2-D convolution on NHWC float32,
 *   dw[fy, fx, c, o] = sum over b, oy, ox of x[b, oy SH + fy DH, ox SW + fx DW, c] dy[b, oy, ox, o],
 * x padded already. A tile of 4 (or 3) neighbouring values of a tap row x 8 channels stays in registers while the pixels of
 * some rows of an image go by; those sums are added up in scratch memory: two-level float32 sums.
 */

/** Bytes of x and dy that go by for one sum: they stay in the first-level cache for all tiles. */
const STRIP: i32 = 24 << 10;

/** Adds to a tile [4][8]: sum over OH x OW pixels of 4 input values times 8 output gradients. */
function tile4(OH: i32, OW: i32, x: usize, rowX: usize, pixel: usize, dy: usize, rowDy: usize, tile: usize, rowTile: usize): void {
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
  v128.store(tile, f32x4.add(c00, v128.load(tile))); v128.store(tile, f32x4.add(c01, v128.load(tile, 16)), 16);
  v128.store(q1, f32x4.add(c10, v128.load(q1))); v128.store(q1, f32x4.add(c11, v128.load(q1, 16)), 16);
  v128.store(q2, f32x4.add(c20, v128.load(q2))); v128.store(q2, f32x4.add(c21, v128.load(q2, 16)), 16);
  v128.store(q3, f32x4.add(c30, v128.load(q3))); v128.store(q3, f32x4.add(c31, v128.load(q3, 16)), 16);
}

/** The same of 3 input values. */
function tile3(OH: i32, OW: i32, x: usize, rowX: usize, pixel: usize, dy: usize, rowDy: usize, tile: usize, rowTile: usize): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
  let d = dy;
  let b0: v128, b1: v128, s: v128;
  for (let oy = 0; oy < OH; oy++) {
    let a = x, k = OW;
    while (k > 0) {
      b0 = v128.load(d); b1 = v128.load(d, 16);
      s = v128.load32_splat(a); c00 = f32x4.add(f32x4.mul(s, b0), c00); c01 = f32x4.add(f32x4.mul(s, b1), c01);
      s = v128.load32_splat(a, 4); c10 = f32x4.add(f32x4.mul(s, b0), c10); c11 = f32x4.add(f32x4.mul(s, b1), c11);
      s = v128.load32_splat(a, 8); c20 = f32x4.add(f32x4.mul(s, b0), c20); c21 = f32x4.add(f32x4.mul(s, b1), c21);
      a += pixel; d += rowDy; k--;
    }
    x += rowX;
  }
  const q1 = tile + rowTile, q2 = q1 + rowTile;
  v128.store(tile, f32x4.add(c00, v128.load(tile))); v128.store(tile, f32x4.add(c01, v128.load(tile, 16)), 16);
  v128.store(q1, f32x4.add(c10, v128.load(q1))); v128.store(q1, f32x4.add(c11, v128.load(q1, 16)), 16);
  v128.store(q2, f32x4.add(c20, v128.load(q2))); v128.store(q2, f32x4.add(c21, v128.load(q2, 16)), 16);
}

/** Values at the end of a run that go in tiles of 3, so that none of 4 is partly empty; 0 where that cannot be. */
@inline
function inThrees(run: i32): i32 {
  const values = 3 * (-run & 3);
  return values <= run ? values : 0;
}

/** Bytes of scratch memory `filterGradient` needs. */
export function filterGradientScratch(FH: i32, FW: i32, C: i32, OC: i32, DW: i32): i32 {
  const runs = DW == 1 ? 1 : FW, run = DW == 1 ? FW * C : C;
  return FH * runs * ((run + 3) & ~3) * ((OC + 7) & ~7) * 4;
}

/** dw [FH, FW, C, OC] from x (padded [B, H, W, C]) and dy [B, OH, OW, OC]. x is read up to 12 bytes, dy up to 28 bytes past their ends. */
export function filterGradient(
  x: usize, B: i32, H: i32, W: i32, C: i32, dy: usize, OH: i32, OW: i32, OC: i32, FH: i32, FW: i32, SH: i32, SW: i32,
  DH: i32, DW: i32, dw: usize, scratch: usize,
): void {
  const runs = DW == 1 ? 1 : FW, run = DW == 1 ? FW * C : C;
  const run4 = (run + 3) & ~3, OC8 = (OC + 7) & ~7, fours = run - inThrees(run);
  const rowX = <usize>(W * C) << 2, pixel = <usize>(SW * C) << 2, rowDy = <usize>OC << 2, rowTile = <usize>OC8 << 2;
  const pitch = <usize>DH * rowX, gap = <usize>(DW * C) << 2, step = <usize>SH * rowX;
  const strip = max(1, STRIP / <i32>(step + <usize>OW * rowDy));
  memory.fill(scratch, 0, filterGradientScratch(FH, FW, C, OC, DW));
  for (let b = 0; b < B; b++) {
    for (let y = 0; y < OH; y += strip) {
      const rows = min(strip, OH - y);
      const from = x + <usize>(b * H) * rowX + <usize>y * step, gradient = dy + <usize>((b * OH + y) * OW) * rowDy;
      for (let t = 0; t < FH * runs; t++) {
        const taps = from + <usize>(t / runs) * pitch + <usize>(t % runs) * gap;
        for (let j = 0; j < OC8; j += 8) {
          const d = gradient + (<usize>j << 2);
          let tile = scratch + <usize>(t * run4) * rowTile + (<usize>j << 2), a = taps, k = 0;
          for (; k < fours; k += 4) {
            tile4(rows, OW, a, step, pixel, d, rowDy, tile, rowTile);
            a += 16;
            tile += 4 * rowTile;
          }
          for (; k < run; k += 3) {
            tile3(rows, OW, a, step, pixel, d, rowDy, tile, rowTile);
            a += 12;
            tile += 3 * rowTile;
          }
        }
      }
    }
  }
  for (let t = 0; t < FH * runs; t++) {
    for (let k = 0; k < run; k++) memory.copy(dw + <usize>(t * run + k) * rowDy, scratch + <usize>(t * run4 + k) * rowTile, rowDy);
  }
}
