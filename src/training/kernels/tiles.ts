/*
 * The innermost part of a matrix product (products.ts): a 4 x 8 tile of C in eight SIMD registers while the inner dimension runs.
 *
 * Two entries of the inner dimension a turn, with a jump out between them: V8 moves the loads of a stretch of code without
 * branches to its beginning, so that a plainly unrolled loop spills registers, and a loop of one entry pays its counters
 * and its interrupt check each time. Measured on one core of a Zen 4: one entry 42, unrolled 30, with the jump 47 GFLOPS.
 */

/** What a tile of C starts from; 0 is from zero. */
export const FROM_C: i32 = 1;
export const FROM_BIAS: i32 = 2;
/** A 4 x 8 tile and 8 bias values, for tiles at the edge of C. */
export const EDGE_BYTES: usize = 192;

/** 4 x 8 tile of C from a packed A panel ([k][4]) and a packed B panel ([k][8]). */
export function tilePacked(k: i32, a: usize, b: usize, c: usize, rowC: usize, start: i32, bias: usize, relu: bool): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  const q1 = c + rowC, q2 = q1 + rowC, q3 = q2 + rowC;
  if (start == FROM_C) {
    c00 = v128.load(c); c01 = v128.load(c, 16); c10 = v128.load(q1); c11 = v128.load(q1, 16);
    c20 = v128.load(q2); c21 = v128.load(q2, 16); c30 = v128.load(q3); c31 = v128.load(q3, 16);
  } else if (start == FROM_BIAS) {
    c00 = v128.load(bias); c01 = v128.load(bias, 16);
    c10 = c00; c11 = c01; c20 = c00; c21 = c01; c30 = c00; c31 = c01;
  }
  let b0: v128, b1: v128, s: v128;
  while (k > 0) {
    b0 = v128.load(b); b1 = v128.load(b, 16);
    s = v128.load32_splat(a); c00 = f32x4.add(f32x4.mul(s, b0), c00); c01 = f32x4.add(f32x4.mul(s, b1), c01);
    s = v128.load32_splat(a, 4); c10 = f32x4.add(f32x4.mul(s, b0), c10); c11 = f32x4.add(f32x4.mul(s, b1), c11);
    s = v128.load32_splat(a, 8); c20 = f32x4.add(f32x4.mul(s, b0), c20); c21 = f32x4.add(f32x4.mul(s, b1), c21);
    s = v128.load32_splat(a, 12); c30 = f32x4.add(f32x4.mul(s, b0), c30); c31 = f32x4.add(f32x4.mul(s, b1), c31);
    if (k == 1) break;
    b0 = v128.load(b, 32); b1 = v128.load(b, 48);
    s = v128.load32_splat(a, 16); c00 = f32x4.add(f32x4.mul(s, b0), c00); c01 = f32x4.add(f32x4.mul(s, b1), c01);
    s = v128.load32_splat(a, 20); c10 = f32x4.add(f32x4.mul(s, b0), c10); c11 = f32x4.add(f32x4.mul(s, b1), c11);
    s = v128.load32_splat(a, 24); c20 = f32x4.add(f32x4.mul(s, b0), c20); c21 = f32x4.add(f32x4.mul(s, b1), c21);
    s = v128.load32_splat(a, 28); c30 = f32x4.add(f32x4.mul(s, b0), c30); c31 = f32x4.add(f32x4.mul(s, b1), c31);
    a += 32; b += 64; k -= 2;
  }
  if (relu) {
    // max keeps NaN: a diverged layer must not look calm.
    const zero = f32x4.splat(0);
    c00 = f32x4.max(c00, zero); c01 = f32x4.max(c01, zero); c10 = f32x4.max(c10, zero); c11 = f32x4.max(c11, zero);
    c20 = f32x4.max(c20, zero); c21 = f32x4.max(c21, zero); c30 = f32x4.max(c30, zero); c31 = f32x4.max(c31, zero);
  }
  v128.store(c, c00); v128.store(c, c01, 16); v128.store(q1, c10); v128.store(q1, c11, 16);
  v128.store(q2, c20); v128.store(q2, c21, 16); v128.store(q3, c30); v128.store(q3, c31, 16);
}

/** The same from four contiguous rows of A, read in place. */
export function tileRows(k: i32, a: usize, rowA: usize, b: usize, c: usize, rowC: usize, start: i32, bias: usize, relu: bool): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  const q1 = c + rowC, q2 = q1 + rowC, q3 = q2 + rowC;
  if (start == FROM_C) {
    c00 = v128.load(c); c01 = v128.load(c, 16); c10 = v128.load(q1); c11 = v128.load(q1, 16);
    c20 = v128.load(q2); c21 = v128.load(q2, 16); c30 = v128.load(q3); c31 = v128.load(q3, 16);
  } else if (start == FROM_BIAS) {
    c00 = v128.load(bias); c01 = v128.load(bias, 16);
    c10 = c00; c11 = c01; c20 = c00; c21 = c01; c30 = c00; c31 = c01;
  }
  let p0 = a, p1 = a + rowA, p2 = p1 + rowA, p3 = p2 + rowA;
  let b0: v128, b1: v128, s: v128;
  while (k > 0) {
    b0 = v128.load(b); b1 = v128.load(b, 16);
    s = v128.load32_splat(p0); c00 = f32x4.add(f32x4.mul(s, b0), c00); c01 = f32x4.add(f32x4.mul(s, b1), c01);
    s = v128.load32_splat(p1); c10 = f32x4.add(f32x4.mul(s, b0), c10); c11 = f32x4.add(f32x4.mul(s, b1), c11);
    s = v128.load32_splat(p2); c20 = f32x4.add(f32x4.mul(s, b0), c20); c21 = f32x4.add(f32x4.mul(s, b1), c21);
    s = v128.load32_splat(p3); c30 = f32x4.add(f32x4.mul(s, b0), c30); c31 = f32x4.add(f32x4.mul(s, b1), c31);
    if (k == 1) break;
    b0 = v128.load(b, 32); b1 = v128.load(b, 48);
    s = v128.load32_splat(p0, 4); c00 = f32x4.add(f32x4.mul(s, b0), c00); c01 = f32x4.add(f32x4.mul(s, b1), c01);
    s = v128.load32_splat(p1, 4); c10 = f32x4.add(f32x4.mul(s, b0), c10); c11 = f32x4.add(f32x4.mul(s, b1), c11);
    s = v128.load32_splat(p2, 4); c20 = f32x4.add(f32x4.mul(s, b0), c20); c21 = f32x4.add(f32x4.mul(s, b1), c21);
    s = v128.load32_splat(p3, 4); c30 = f32x4.add(f32x4.mul(s, b0), c30); c31 = f32x4.add(f32x4.mul(s, b1), c31);
    b += 64; p0 += 8; p1 += 8; p2 += 8; p3 += 8; k -= 2;
  }
  if (relu) {
    const zero = f32x4.splat(0);
    c00 = f32x4.max(c00, zero); c01 = f32x4.max(c01, zero); c10 = f32x4.max(c10, zero); c11 = f32x4.max(c11, zero);
    c20 = f32x4.max(c20, zero); c21 = f32x4.max(c21, zero); c30 = f32x4.max(c30, zero); c31 = f32x4.max(c31, zero);
  }
  v128.store(c, c00); v128.store(c, c01, 16); v128.store(q1, c10); v128.store(q1, c11, 16);
  v128.store(q2, c20); v128.store(q2, c21, 16); v128.store(q3, c30); v128.store(q3, c31, 16);
}

/** A tile of less than 4 x 8: computed whole in `edge`, its valid part is copied. */
export function edgeTile(
  rows: i32, columns: i32, k: i32, packed: bool, a: usize, rowA: usize, b: usize, c: usize, rowC: usize,
  start: i32, bias: usize, relu: bool, edge: usize,
): void {
  rows = min(rows, 4);
  columns = min(columns, 8);
  const edgeBias = edge + 128;
  if (start == FROM_C) {
    for (let r = 0; r < 4; r++) {
      for (let j = 0; j < 8; j++) {
        const inside = r < rows && j < columns;
        store<f32>(edge + (<usize>r << 5) + (<usize>j << 2), inside ? load<f32>(c + <usize>r * rowC + (<usize>j << 2)) : 0);
      }
    }
  } else if (start == FROM_BIAS) {
    for (let j = 0; j < 8; j++) store<f32>(edgeBias + (<usize>j << 2), j < columns ? load<f32>(bias + (<usize>j << 2)) : 0);
  }
  if (packed) tilePacked(k, a, b, edge, 32, start, edgeBias, relu);
  else tileRows(k, a, rowA, b, edge, 32, start, edgeBias, relu);
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < columns; j++) {
      store<f32>(c + <usize>r * rowC + (<usize>j << 2), load<f32>(edge + (<usize>r << 5) + (<usize>j << 2)));
    }
  }
}
