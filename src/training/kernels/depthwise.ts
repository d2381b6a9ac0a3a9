/*
 * Depthwise 2-D convolution on NHWC float32: each channel passes through a filter of its own,
 *   y[b, oy, ox, c] = act(bias[c] + sum over fy, fx of x[b, oy SH + fy DH - top, ox SW + fx DW - left, c] w[fy, fx, c])
 * over the taps inside the image. Channels lie side by side in x, w and y, so four of them are one vector and nothing is
 * padded or transposed. With M filters per channel, x is repeated M times per channel first (`repeatChannels`), and the
 * gradient of x is the sum over each group of M (`sumGroups`).
 */

/** to [pixels, C, M] = src [pixels, C], each value M times. */
export function repeatChannels(to: usize, src: usize, n: i32, M: i32): void {
  for (let i = 0; i < n; i++) {
    const value = load<f32>(src);
    for (let m = 0; m < M; m++) {
      store<f32>(to, value);
      to += 4;
    }
    src += 4;
  }
}

/** to [n] = sums over the last axis of src [n, M]. */
export function sumGroups(to: usize, src: usize, n: i32, M: i32): void {
  for (let i = 0; i < n; i++) {
    let sum: f32 = 0;
    for (let m = 0; m < M; m++) {
      sum += load<f32>(src);
      src += 4;
    }
    store<f32>(to, sum);
    to += 4;
  }
}

/** ceil(a / b) for b > 0, at least 0. */
@inline
function firstAt(a: i32, b: i32): i32 {
  return a <= 0 ? 0 : (a + b - 1) / b;
}

/** Number of whole k >= 0 with k b <= a, at most `most`. */
@inline
function countTo(a: i32, b: i32, most: i32): i32 {
  return a < 0 ? 0 : min(most, a / b + 1);
}

/** Sums of rows x columns taps at one pixel for four channels. `pitch`, `gap`: bytes between taps in x; `rowW`, `next`: in w. */
@inline
function sum4(p: usize, w: usize, rows: i32, columns: i32, pitch: usize, gap: usize, rowW: usize, next: usize, from: v128): v128 {
  let sum = from;
  for (let fy = 0; fy < rows; fy++) {
    let a = p, v = w;
    for (let fx = 0; fx < columns; fx++) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(a), v128.load(v)));
      a += gap;
      v += next;
    }
    p += pitch;
    w += rowW;
  }
  return sum;
}

@inline
function sum1(p: usize, w: usize, rows: i32, columns: i32, pitch: usize, gap: usize, rowW: usize, next: usize, from: f32): f32 {
  let sum = from;
  for (let fy = 0; fy < rows; fy++) {
    let a = p, v = w;
    for (let fx = 0; fx < columns; fx++) {
      sum += load<f32>(a) * load<f32>(v);
      a += gap;
      v += next;
    }
    p += pitch;
    w += rowW;
  }
  return sum;
}

/** Four pixels `step` bytes apart, four channels: each weight is loaded once. */
function tile(
  p: usize, step: usize, w: usize, rows: i32, columns: i32, pitch: usize, gap: usize, rowW: usize, next: usize,
  from: v128, y: usize, relu: bool,
): void {
  let s0 = from, s1 = from, s2 = from, s3 = from;
  for (let fy = 0; fy < rows; fy++) {
    let a = p, v = w;
    for (let fx = 0; fx < columns; fx++) {
      const weight = v128.load(v);
      let q = a;
      s0 = f32x4.add(s0, f32x4.mul(v128.load(q), weight)); q += step;
      s1 = f32x4.add(s1, f32x4.mul(v128.load(q), weight)); q += step;
      s2 = f32x4.add(s2, f32x4.mul(v128.load(q), weight)); q += step;
      s3 = f32x4.add(s3, f32x4.mul(v128.load(q), weight));
      a += gap;
      v += next;
    }
    p += pitch;
    w += rowW;
  }
  if (relu) {
    const zero = f32x4.splat(0);
    s0 = f32x4.pmax(s0, zero); s1 = f32x4.pmax(s1, zero); s2 = f32x4.pmax(s2, zero); s3 = f32x4.pmax(s3, zero);
  }
  v128.store(y, s0); y += next;
  v128.store(y, s1); y += next;
  v128.store(y, s2); y += next;
  v128.store(y, s3);
}

/** y [B, OH, OW, C] from x [B, H, W, C] and w [FH, FW, C]; bias [C] or 0. */
export function depthwise(
  x: usize, B: i32, H: i32, W: i32, C: i32, w: usize, FH: i32, FW: i32, SH: i32, SW: i32, DH: i32, DW: i32, top: i32, left: i32,
  y: usize, OH: i32, OW: i32, bias: usize, relu: bool,
): void {
  const next = <usize>C << 2, rowX = <usize>W * next, rowW = <usize>FW * next, pitch = <usize>DH * rowX, gap = <usize>DW * next;
  const zero = f32x4.splat(0);
  for (let b = 0; b < B; b++) {
    for (let oy = 0; oy < OH; oy++) {
      const iy = oy * SH - top;
      const fy = min(FH, firstAt(-iy, DH)), rows = countTo(H - 1 - iy, DH, FH) - fy;
      for (let ox = 0; ox < OW; ) {
        const ix = ox * SW - left;
        const fx = min(FW, firstAt(-ix, DW)), columns = countTo(W - 1 - ix, DW, FW) - fx;
        const whole = ix >= 0 && ox + 4 <= OW && ix + 3 * SW + (FW - 1) * DW < W;
        const p = x + <usize>(b * H + iy + fy * DH) * rowX + <usize>(ix + fx * DW) * next;
        const v = w + <usize>fy * rowW + <usize>fx * next;
        const to = y + <usize>((b * OH + oy) * OW + ox) * next;
        const count = whole ? 4 : 1;
        let c: usize = 0;
        for (; c + 16 <= next; c += 16) {
          const from = bias ? v128.load(bias + c) : zero;
          if (whole) {
            tile(p + c, <usize>SW * next, v + c, rows, columns, pitch, gap, rowW, next, from, to + c, relu);
          } else {
            const sum = sum4(p + c, v + c, rows, columns, pitch, gap, rowW, next, from);
            v128.store(to + c, relu ? f32x4.pmax(sum, zero) : sum);
          }
        }
        for (; c < next; c += 4) {
          for (let i = 0; i < count; i++) {
            const from: f32 = bias ? load<f32>(bias + c) : 0;
            const sum = sum1(p + c + <usize>(i * SW) * next, v + c, rows, columns, pitch, gap, rowW, next, from);
            store<f32>(to + c + <usize>i * next, relu ? max<f32>(sum, 0) : sum);
          }
        }
        ox += count;
      }
    }
  }
}

/** dx [B, H, W, C]: every output gradient times each of its weights, added where the tap lies. */
export function depthwiseInputGradient(
  dy: usize, w: usize, dx: usize, B: i32, H: i32, W: i32, C: i32, FH: i32, FW: i32, SH: i32, SW: i32, DH: i32, DW: i32,
  top: i32, left: i32, OH: i32, OW: i32,
): void {
  const next = <usize>C << 2, rowX = <usize>W * next, rowW = <usize>FW * next;
  memory.fill(dx, 0, <usize>(B * H) * rowX);
  for (let b = 0; b < B; b++) {
    for (let oy = 0; oy < OH; oy++) {
      const iy = oy * SH - top;
      const fy0 = firstAt(-iy, DH), fy1 = countTo(H - 1 - iy, DH, FH);
      for (let ox = 0; ox < OW; ox++) {
        const ix = ox * SW - left;
        const fx0 = firstAt(-ix, DW), fx1 = countTo(W - 1 - ix, DW, FW);
        for (let fy = fy0; fy < fy1; fy++) {
          for (let fx = fx0; fx < fx1; fx++) {
            const to = dx + <usize>(b * H + iy + fy * DH) * rowX + <usize>(ix + fx * DW) * next;
            const v = w + <usize>fy * rowW + <usize>fx * next;
            let c: usize = 0;
            for (; c + 16 <= next; c += 16) {
              v128.store(to + c, f32x4.add(v128.load(to + c), f32x4.mul(v128.load(dy + c), v128.load(v + c))));
            }
            for (; c < next; c += 4) store<f32>(to + c, load<f32>(to + c) + load<f32>(dy + c) * load<f32>(v + c));
          }
        }
        dy += next;
      }
    }
  }
}

/** dw [FH, FW, C] = sum over the batch, oy, ox of x times dy at each tap. One sum per image first: two-level float32 sums. */
export function depthwiseFilterGradient(
  x: usize, dy: usize, dw: usize, B: i32, H: i32, W: i32, C: i32, FH: i32, FW: i32, SH: i32, SW: i32, DH: i32, DW: i32,
  top: i32, left: i32, OH: i32, OW: i32,
): void {
  const next = <usize>C << 2, rowX = <usize>W * next, rowY = <usize>OW * next, step = <usize>SW * next;
  memory.fill(dw, 0, <usize>(FH * FW) * next);
  for (let b = 0; b < B; b++) {
    for (let fy = 0; fy < FH; fy++) {
      const offY = fy * DH - top, oy0 = firstAt(-offY, SH), oy1 = countTo(H - 1 - offY, SH, OH);
      for (let fx = 0; fx < FW; fx++) {
        const offX = fx * DW - left, ox0 = firstAt(-offX, SW), ox1 = countTo(W - 1 - offX, SW, OW);
        if (oy0 >= oy1 || ox0 >= ox1) continue;
        const to = dw + <usize>(fy * FW + fx) * next;
        const p0 = x + <usize>(b * H + oy0 * SH + offY) * rowX + <usize>(ox0 * SW + offX) * next;
        const d0 = dy + <usize>(b * OH + oy0) * rowY + <usize>ox0 * next;
        let c: usize = 0;
        for (; c + 16 <= next; c += 16) {
          let sum = f32x4.splat(0), p = p0 + c, d = d0 + c;
          for (let oy = oy0; oy < oy1; oy++) {
            let a = p, g = d;
            for (let ox = ox0; ox < ox1; ox++) {
              sum = f32x4.add(sum, f32x4.mul(v128.load(a), v128.load(g)));
              a += step;
              g += next;
            }
            p += <usize>SH * rowX;
            d += rowY;
          }
          v128.store(to + c, f32x4.add(v128.load(to + c), sum));
        }
        for (; c < next; c += 4) {
          let sum: f32 = 0, p = p0 + c, d = d0 + c;
          for (let oy = oy0; oy < oy1; oy++) {
            let a = p, g = d;
            for (let ox = ox0; ox < ox1; ox++) {
              sum += load<f32>(a) * load<f32>(g);
              a += step;
              g += next;
            }
            p += <usize>SH * rowX;
            d += rowY;
          }
          store<f32>(to + c, load<f32>(to + c) + sum);
        }
      }
    }
  }
}
