/*
 * Max and average pooling on NHWC float32, with gradients, four channels at a time. Windows are cut at the borders (padding
 * is never read), and a NaN in a window is its maximum: a diverged layer must not look calm.
 */

/** The larger of each pair; `most` where it is NaN. `f32x4.max`, which keeps every NaN, takes eight instructions instead of one. */
@inline
function larger(most: v128, value: v128): v128 {
  return f32x4.pmax(most, value);
}

/** Lanes in which a value is NaN, all bits set. */
@inline
function isNaN4(value: v128): v128 {
  return f32x4.ne(value, value);
}

/** y [B, OH, OW, C]: the largest value of each window. */
export function maxPool(
  x: usize, B: i32, H: i32, W: i32, C: i32, y: usize, OH: i32, OW: i32, FH: i32, FW: i32, SH: i32, SW: i32, top: i32, left: i32,
): void {
  const pixel = <usize>C << 2, row = <usize>W * pixel;
  for (let b = 0; b < B; b++) {
    const image = x + <usize>(b * H) * row;
    for (let oy = 0; oy < OH; oy++) {
      const y0 = max(0, oy * SH - top), rows = min(H, oy * SH - top + FH) - y0;
      for (let ox = 0; ox < OW; ox++) {
        const x0 = max(0, ox * SW - left), columns = min(W, ox * SW - left + FW) - x0;
        const window = image + <usize>y0 * row + <usize>x0 * pixel;
        let c: usize = 0;
        if (rows == 2 && columns == 2) {
          for (; c + 16 <= pixel; c += 16) {
            const p = window + c, q = p + pixel, s = p + row, t = q + row;
            const v0 = v128.load(p), v1 = v128.load(q), v2 = v128.load(s), v3 = v128.load(t);
            const bad = v128.or(v128.or(isNaN4(v0), isNaN4(v1)), v128.or(isNaN4(v2), isNaN4(v3)));
            v128.store(y + c, v128.or(larger(larger(v0, v1), larger(v2, v3)), bad));
          }
        }
        for (; c + 16 <= pixel; c += 16) {
          let most = f32x4.splat(-Infinity), bad = f32x4.splat(0), line = window + c;
          for (let q = 0; q < rows; q++) {
            let p = line;
            for (let r = 0; r < columns; r++) {
              const value = v128.load(p);
              most = larger(most, value);
              bad = v128.or(bad, isNaN4(value));
              p += pixel;
            }
            line += row;
          }
          v128.store(y + c, v128.or(most, bad));
        }
        for (; c < pixel; c += 4) {
          let most: f32 = -Infinity, line = window + c;
          for (let q = 0; q < rows; q++) {
            let p = line;
            for (let r = 0; r < columns; r++) {
              most = max(most, load<f32>(p));
              p += pixel;
            }
            line += row;
          }
          store<f32>(y + c, most);
        }
        y += pixel;
      }
    }
  }
}

/** Lanes in which a value is the maximum of its window. Where that is NaN it equals nothing; where it is not, no value is NaN. */
@inline
function isMaximum(value: v128, most: v128): v128 {
  return v128.or(f32x4.eq(value, most), isNaN4(value));
}

/** Whether windows that do not overlap leave no value of the image out. */
@inline
function covers(size: i32, count: i32, window: i32, stride: i32, before: i32): bool {
  return window == stride && count * stride - before >= size;
}

/**
 * dx [B, H, W, C] from y, the output of `maxPool`: each dy goes to the first maximum of its window. `rectified`: x is the output
 * of a relu, whose gradient is taken in the same pass: no dy goes to a maximum that is not above 0.
 */
export function maxPoolGradient(
  x: usize, y: usize, dy: usize, dx: usize, B: i32, H: i32, W: i32, C: i32, OH: i32, OW: i32, FH: i32, FW: i32, SH: i32, SW: i32,
  top: i32, left: i32, rectified: bool,
): void {
  const pixel = <usize>C << 2, row = <usize>W * pixel;
  // Windows that overlap add to each other; the others are written whole.
  const apart = SH >= FH && SW >= FW;
  if (!(covers(H, OH, FH, SH, top) && covers(W, OW, FW, SW, left))) memory.fill(dx, 0, <usize>(B * H) * row);
  for (let b = 0; b < B; b++) {
    for (let oy = 0; oy < OH; oy++) {
      const y0 = max(0, oy * SH - top), rows = min(H, oy * SH - top + FH) - y0;
      for (let ox = 0; ox < OW; ox++) {
        const x0 = max(0, ox * SW - left), columns = min(W, ox * SW - left + FW) - x0;
        const window = <usize>(b * H + y0) * row + <usize>x0 * pixel;
        let c: usize = 0;
        if (apart && rows == 2 && columns == 2) {
          for (; c + 16 <= pixel; c += 16) {
            const at = window + c, below = at + row;
            const v0 = v128.load(x + at), v1 = v128.load(x + at + pixel), v2 = v128.load(x + below), v3 = v128.load(x + below + pixel);
            const most = v128.load(y + c);
            const all = rectified ? v128.and(v128.load(dy + c), f32x4.gt(most, f32x4.splat(0))) : v128.load(dy + c);
            const f0 = isMaximum(v0, most), f1 = isMaximum(v1, most), f2 = isMaximum(v2, most), f3 = isMaximum(v3, most);
            const found = v128.or(f0, f1);
            v128.store(dx + at, v128.and(all, f0));
            v128.store(dx + at + pixel, v128.and(all, v128.andnot(f1, f0)));
            v128.store(dx + below, v128.and(all, v128.andnot(f2, found)));
            v128.store(dx + below + pixel, v128.and(all, v128.andnot(f3, v128.or(found, f2))));
          }
        }
        for (; c + 16 <= pixel; c += 16) {
          const most = v128.load(y + c);
          let rest = v128.load(dy + c), line = window + c;
          if (rectified) rest = v128.and(rest, f32x4.gt(most, f32x4.splat(0)));
          for (let q = 0; q < rows; q++) {
            let at = line;
            for (let r = 0; r < columns; r++) {
              const value = v128.load(x + at);
              const found = isMaximum(value, most);
              const share = v128.and(rest, found);
              v128.store(dx + at, apart ? share : f32x4.add(v128.load(dx + at), share));
              rest = v128.andnot(rest, found);
              at += pixel;
            }
            line += row;
          }
        }
        for (; c < pixel; c += 4) {
          const most = load<f32>(y + c);
          let rest: f32 = rectified && !(most > 0) ? 0 : load<f32>(dy + c), line = window + c;
          for (let q = 0; q < rows; q++) {
            let at = line;
            for (let r = 0; r < columns; r++) {
              const value = load<f32>(x + at);
              const found = value == most || value != value;
              const share: f32 = found ? rest : 0;
              store<f32>(dx + at, apart ? share : load<f32>(dx + at) + share);
              if (found) rest = 0;
              at += pixel;
            }
            line += row;
          }
        }
        y += pixel;
        dy += pixel;
      }
    }
  }
}

/** y [B, OH, OW, C]: the mean of the values of each window that lie inside the image. */
export function averagePool(
  x: usize, B: i32, H: i32, W: i32, C: i32, y: usize, OH: i32, OW: i32, FH: i32, FW: i32, SH: i32, SW: i32, top: i32, left: i32,
): void {
  const pixel = <usize>C << 2, row = <usize>W * pixel;
  for (let b = 0; b < B; b++) {
    const image = x + <usize>(b * H) * row;
    for (let oy = 0; oy < OH; oy++) {
      const y0 = max(0, oy * SH - top), rows = min(H, oy * SH - top + FH) - y0;
      for (let ox = 0; ox < OW; ox++) {
        const x0 = max(0, ox * SW - left), columns = min(W, ox * SW - left + FW) - x0;
        const window = image + <usize>y0 * row + <usize>x0 * pixel;
        const count = <f32>(rows * columns);
        let c: usize = 0;
        for (; c + 16 <= pixel; c += 16) {
          let sum = f32x4.splat(0), line = window + c;
          for (let q = 0; q < rows; q++) {
            let p = line;
            for (let r = 0; r < columns; r++) {
              sum = f32x4.add(sum, v128.load(p));
              p += pixel;
            }
            line += row;
          }
          v128.store(y + c, f32x4.div(sum, f32x4.splat(count)));
        }
        for (; c < pixel; c += 4) {
          let sum: f32 = 0, line = window + c;
          for (let q = 0; q < rows; q++) {
            let p = line;
            for (let r = 0; r < columns; r++) {
              sum += load<f32>(p);
              p += pixel;
            }
            line += row;
          }
          store<f32>(y + c, sum / count);
        }
        y += pixel;
      }
    }
  }
}

/** dx [B, H, W, C]: each dy is shared equally by the values of its window that lie inside the image. */
export function averagePoolGradient(
  dy: usize, dx: usize, B: i32, H: i32, W: i32, C: i32, OH: i32, OW: i32, FH: i32, FW: i32, SH: i32, SW: i32, top: i32, left: i32,
): void {
  const pixel = <usize>C << 2, row = <usize>W * pixel;
  memory.fill(dx, 0, <usize>(B * H) * row);
  for (let b = 0; b < B; b++) {
    const image = dx + <usize>(b * H) * row;
    for (let oy = 0; oy < OH; oy++) {
      const y0 = max(0, oy * SH - top), rows = min(H, oy * SH - top + FH) - y0;
      for (let ox = 0; ox < OW; ox++) {
        const x0 = max(0, ox * SW - left), columns = min(W, ox * SW - left + FW) - x0;
        const window = image + <usize>y0 * row + <usize>x0 * pixel;
        const count = <f32>(rows * columns);
        let c: usize = 0;
        for (; c + 16 <= pixel; c += 16) {
          const share = f32x4.div(v128.load(dy + c), f32x4.splat(count));
          let line = window + c;
          for (let q = 0; q < rows; q++) {
            let p = line;
            for (let r = 0; r < columns; r++) {
              v128.store(p, f32x4.add(v128.load(p), share));
              p += pixel;
            }
            line += row;
          }
        }
        for (; c < pixel; c += 4) {
          const share = load<f32>(dy + c) / count;
          let line = window + c;
          for (let q = 0; q < rows; q++) {
            let p = line;
            for (let r = 0; r < columns; r++) {
              store<f32>(p, load<f32>(p) + share);
              p += pixel;
            }
            line += row;
          }
        }
        dy += pixel;
      }
    }
  }
}
