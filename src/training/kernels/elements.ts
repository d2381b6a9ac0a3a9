/* Element-wise kernels and sums over columns. */

/** dz = y > 0 ? dy : 0, where y is the output (or the input) of a relu. NaN in y stops the gradient as in tfjs. */
export function reluGradient(to: usize, dy: usize, y: usize, n: i32): void {
  const zero = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    v128.store(to, v128.and(v128.load(dy), f32x4.gt(v128.load(y), zero)));
    to += 16;
    dy += 16;
    y += 16;
  }
  for (; i < n; i++) {
    store<f32>(to, load<f32>(y) > 0 ? load<f32>(dy) : 0);
    to += 4;
    dy += 4;
    y += 4;
  }
}

/** to[j] = sum over rows of src[i][j], in blocks of 64 rows: two-level float32 sums. */
export function columnSum(to: usize, src: usize, rows: i32, columns: i32): void {
  const row = <usize>columns << 2;
  memory.fill(to, 0, row);
  for (let r = 0; r < rows; r += 64) {
    const count = min(64, rows - r);
    let j = 0;
    for (; j + 4 <= columns; j += 4) {
      let p = src + (<usize>j << 2);
      let sum = f32x4.splat(0);
      for (let i = 0; i < count; i++) {
        sum = f32x4.add(sum, v128.load(p));
        p += row;
      }
      const q = to + (<usize>j << 2);
      v128.store(q, f32x4.add(v128.load(q), sum));
    }
    for (; j < columns; j++) {
      let p = src + (<usize>j << 2);
      let sum: f32 = 0;
      for (let i = 0; i < count; i++) {
        sum += load<f32>(p);
        p += row;
      }
      const q = to + (<usize>j << 2);
      store<f32>(q, load<f32>(q) + sum);
    }
    src += <usize>count * row;
  }
}

/** Copies x [B, T, I] to [T, B, I]; `back` reverses time. */
export function timeMajor(to: usize, x: usize, B: i32, T: i32, I: i32, back: bool): void {
  const row = <usize>I << 2;
  for (let t = 0; t < T; t++) {
    const time = back ? T - 1 - t : t;
    for (let b = 0; b < B; b++) {
      memory.copy(to, x + <usize>(b * T + time) * row, row);
      to += row;
    }
  }
}

/** Copies x [T, B, I] to [B, T, I]; `back` reverses time. */
export function batchMajor(to: usize, x: usize, B: i32, T: i32, I: i32, back: bool): void {
  const row = <usize>I << 2;
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < T; t++) {
      const time = back ? T - 1 - t : t;
      memory.copy(to, x + <usize>(time * B + b) * row, row);
      to += row;
    }
  }
}

/** to = min(max(x, low), high). NaN stays. */
export function clamp(to: usize, x: usize, low: f32, high: f32, n: i32): void {
  const least = f32x4.splat(low), most = f32x4.splat(high);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    v128.store(to, f32x4.min(f32x4.max(v128.load(x), least), most));
    to += 16;
    x += 16;
  }
  for (; i < n; i++) {
    store<f32>(to, min<f32>(max<f32>(load<f32>(x), low), high));
    to += 4;
    x += 4;
  }
}
