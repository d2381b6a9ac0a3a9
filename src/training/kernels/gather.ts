/* Rows by index, and their gradient: the two halves of an embedding. */

/** to [n, inner] = x [rows, inner] at ids [n] (int32). Returns 0, or 1 + the position of the first id outside 0..rows - 1. */
export function gatherRows(to: usize, x: usize, ids: usize, n: i32, rows: i32, inner: i32): i32 {
  const size = <usize>inner << 2;
  for (let i = 0; i < n; i++) {
    const id = load<i32>(ids + (<usize>i << 2));
    if (id < 0 || id >= rows) return i + 1;
    memory.copy(to, x + <usize>id * size, size);
    to += size;
  }
  return 0;
}

/** to [segments, inner] = for each segment the sum of the rows of x [n, inner] whose id it is. Ids outside are left out. */
export function scatterAdd(to: usize, x: usize, ids: usize, n: i32, segments: i32, inner: i32): void {
  const size = <usize>inner << 2;
  memory.fill(to, 0, <usize>segments * size);
  for (let i = 0; i < n; i++) {
    const id = load<i32>(ids + (<usize>i << 2));
    if (id >= 0 && id < segments) {
      const row = to + <usize>id * size;
      let j: usize = 0;
      for (; j + 16 <= size; j += 16) v128.store(row + j, f32x4.add(v128.load(row + j), v128.load(x + j)));
      for (; j < size; j += 4) store<f32>(row + j, load<f32>(row + j) + load<f32>(x + j));
    }
    x += size;
  }
}
