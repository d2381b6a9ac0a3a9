/*
 * Matrix products, C = act(A . B + bias), on float32 in the memory of the tfjs heap.
 *
 * Method: B is packed into panels of 8 columns, A is read in tiles of 4 rows (directly when its rows are contiguous,
 * else packed), and a 4 x 8 block of C stays in eight SIMD registers while the inner dimension runs. Every entry of C
 * is the float32 sum over k in ascending order, multiply then add: bit-identical to the plain triple loop, and so the
 * same on every machine. Blocks of the inner dimension accumulate through C, which keeps that order.
 *
 * Addresses and strides are in bytes. An element A[i, p] is at a + i * rowA + p * columnA, so that transposed operands
 * need no copy. The micro kernels are in tiles.ts.
 */
import { EDGE_BYTES, edgeTile, FROM_C, tilePacked, tileRows } from './tiles';

/** Longest block of the inner dimension whose packed panels stay in the cache. */
const BLOCK_K: i32 = 512;
/** Rows of A that are packed together. */
const BLOCK_M: i32 = 128;

/** Transposes the 4 x 4 block whose rows are at `p`, `p + stride`, ... and stores its columns `out` bytes apart. */
@inline
function transpose4(p: usize, stride: usize, to: usize, out: usize): void {
  const r0 = v128.load(p);
  const r1 = v128.load(p + stride);
  const r2 = v128.load(p + 2 * stride);
  const r3 = v128.load(p + 3 * stride);
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
  v128.store(to + out, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
  v128.store(to + 2 * out, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
  v128.store(to + 3 * out, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
}

/** Packs m x k of A into panels of 4 rows: to[panel][k][4], missing rows as zeros. */
function packRows(to: usize, a: usize, row: usize, column: usize, m: i32, k: i32): void {
  for (let i = 0; i < m; i += 4) {
    const rows = m - i;
    let from = a + <usize>i * row;
    let p = 0;
    if (rows >= 4 && row == 4) {
      for (; p < k; p++) {
        v128.store(to, v128.load(from));
        to += 16;
        from += column;
      }
      continue;
    }
    if (rows >= 4 && column == 4) {
      for (; p + 4 <= k; p += 4) {
        transpose4(from, row, to, 16);
        to += 64;
        from += 16;
      }
    }
    for (; p < k; p++) {
      for (let r = 0; r < 4; r++) store<f32>(to + (<usize>r << 2), r < rows ? load<f32>(from + <usize>r * row) : 0);
      to += 16;
      from += column;
    }
  }
}

/** Packs k x n of B into panels of 8 columns: to[panel][k][8], missing columns as zeros. */
export function packColumns(to: usize, b: usize, row: usize, column: usize, k: i32, n: i32): void {
  for (let j = 0; j < n; j += 8) {
    const columns = n - j;
    let from = b + <usize>j * column;
    let p = 0;
    if (columns >= 8 && column == 4) {
      for (; p < k; p++) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
        to += 32;
        from += row;
      }
      continue;
    }
    if (columns >= 8 && row == 4) {
      for (; p + 4 <= k; p += 4) {
        transpose4(from, column, to, 32);
        transpose4(from + 4 * column, column, to + 16, 32);
        to += 128;
        from += 16;
      }
    }
    for (; p < k; p++) {
      for (let c = 0; c < 8; c++) store<f32>(to + (<usize>c << 2), c < columns ? load<f32>(from + <usize>c * column) : 0);
      to += 32;
      from += row;
    }
  }
}

/** Multiplies m rows of A with packed B panels. The last, incomplete tile of an unpacked A is read from a packed copy. */
export function panels(
  m: i32, n: i32, k: i32, packed: bool, a: usize, rowA: usize, b: usize, c: usize, rowC: usize,
  start: i32, bias: usize, relu: bool, edge: usize,
): void {
  const panelA = <usize>k << 4, panelB = <usize>k << 5;
  const rest = m & 3, lastRows = edge + EDGE_BYTES;
  if (!packed && rest) packRows(lastRows, a + <usize>(m - rest) * rowA, rowA, 4, rest, k);
  for (let j = 0; j < n; j += 8) {
    const whole = n - j >= 8, biasHere = bias + (<usize>j << 2);
    let to = c + (<usize>j << 2), from = a;
    for (let i = 0; i < m; i += 4) {
      const rows = m - i;
      if (whole && rows >= 4) {
        if (packed) tilePacked(k, from, b, to, rowC, start, biasHere, relu);
        else tileRows(k, from, rowA, b, to, rowC, start, biasHere, relu);
      } else {
        const apart = packed || rows < 4;
        edgeTile(rows, n - j, k, apart, apart && !packed ? lastRows : from, rowA, b, to, rowC, start, biasHere, relu, edge);
      }
      from += packed ? panelA : rowA << 2;
      to += rowC << 2;
    }
    b += panelB;
  }
}

/** Bytes of scratch memory that `product` needs. */
export function productScratch(m: i32, n: i32, k: i32): i32 {
  const blockK = min(k, BLOCK_K), blockM = min((m + 3) & ~3, BLOCK_M);
  return ((n + 7) & ~7) * blockK * 4 + blockM * blockK * 4 + blockK * 16 + 512;
}

/**
 * C[m, n] = act(A[m, k] . B[k, n] + bias). `start`: 0 from zero, 1 add to C, 2 from the bias of n values.
 * C is row-major with `rowC` bytes a row. `scratch`: `productScratch` bytes, 16-byte aligned.
 */
export function product(
  m: i32, n: i32, k: i32, a: usize, rowA: usize, columnA: usize, b: usize, rowB: usize, columnB: usize,
  c: usize, rowC: usize, start: i32, bias: usize, relu: bool, scratch: usize,
): void {
  const blocks = (k + BLOCK_K - 1) / BLOCK_K;
  const blockK = blocks > 0 ? (((k + blocks - 1) / blocks) + 3) & ~3 : 0;
  const width = <usize>min(k, blockK) * 4;
  const bufferB = scratch;
  const bufferA = bufferB + <usize>((n + 7) & ~7) * width;
  const edge = bufferA + <usize>min((m + 3) & ~3, BLOCK_M) * width;
  let p = 0;
  do {
    const kk = min(blockK, k - p);
    const from = p > 0 ? FROM_C : start;
    const last = p + kk >= k && relu;
    packColumns(bufferB, b + <usize>p * rowB, rowB, columnB, kk, n);
    for (let i = 0; i < m; i += BLOCK_M) {
      const rows = min(BLOCK_M, m - i);
      const here = a + <usize>i * rowA + <usize>p * columnA, to = c + <usize>i * rowC;
      if (columnA == 4 && rows >= 4) {
        panels(rows, n, kk, false, here, rowA, bufferB, to, rowC, from, bias, last, edge);
      } else {
        packRows(bufferA, here, rowA, columnA, rows, kk);
        panels(rows, n, kk, true, bufferA, 0, bufferB, to, rowC, from, bias, last, edge);
      }
    }
    p += blockK;
  } while (p < k);
}
