/*
 * Max and average pooling on NHWC float32, with gradients. Windows are cut at the borders (padding is never read), and
 * a NaN in a window is its maximum: a diverged layer must not look calm.
 */

/** y [B, OH, OW, C]: the largest value of each window. */
export function maxPool(
  x: usize, B: i32, H: i32, W: i32, C: i32, y: usize, OH: i32, OW: i32, FH: i32, FW: i32, SH: i32, SW: i32, top: i32, left: i32,
): void {
  const pixel = <usize>C << 2, row = <usize>W * pixel;
  for (let b = 0; b < B; b++) {
    const image = x + <usize>(b * H) * row;
    for (let oy = 0; oy < OH; oy++) {
      const y0 = max(0, oy * SH - top), y1 = min(H, oy * SH - top + FH);
      for (let ox = 0; ox < OW; ox++) {
        const x0 = max(0, ox * SW - left), x1 = min(W, ox * SW - left + FW);
        let c = 0;
        for (; c + 4 <= C; c += 4) {
          let most = f32x4.splat(-Infinity);
          for (let q = y0; q < y1; q++) {
            let p = image + <usize>q * row + <usize>x0 * pixel + (<usize>c << 2);
            for (let r = x0; r < x1; r++) {
              most = f32x4.max(most, v128.load(p));
              p += pixel;
            }
          }
          v128.store(y + (<usize>c << 2), most);
        }
        for (; c < C; c++) {
          let most: f32 = -Infinity;
          for (let q = y0; q < y1; q++) {
            let p = image + <usize>q * row + <usize>x0 * pixel + (<usize>c << 2);
            for (let r = x0; r < x1; r++) {
              most = max(most, load<f32>(p));
              p += pixel;
            }
          }
          store<f32>(y + (<usize>c << 2), most);
        }
        y += pixel;
      }
    }
  }
}

/** dx [B, H, W, C]: each dy goes to the first maximum of its window. */
export function maxPoolGradient(
  x: usize, dy: usize, dx: usize, B: i32, H: i32, W: i32, C: i32, OH: i32, OW: i32, FH: i32, FW: i32, SH: i32, SW: i32,
  top: i32, left: i32,
): void {
  const pixel = <usize>C << 2, row = <usize>W * pixel;
  memory.fill(dx, 0, <usize>(B * H) * row);
  for (let b = 0; b < B; b++) {
    const image = <usize>(b * H) * row;
    for (let oy = 0; oy < OH; oy++) {
      const y0 = max(0, oy * SH - top), y1 = min(H, oy * SH - top + FH);
      for (let ox = 0; ox < OW; ox++) {
        const x0 = max(0, ox * SW - left), x1 = min(W, ox * SW - left + FW);
        for (let c = 0; c < C; c++) {
          const first = image + <usize>x0 * pixel + (<usize>c << 2);
          let most: f32 = -Infinity;
          let at: usize = 0;
          let found = false;
          for (let q = y0; q < y1; q++) {
            let offset = first + <usize>q * row;
            for (let r = x0; r < x1; r++) {
              const value = load<f32>(x + offset);
              if (!found || value > most || (value != value && most == most)) {
                most = value;
                at = offset;
                found = true;
              }
              offset += pixel;
            }
          }
          if (found) store<f32>(dx + at, load<f32>(dx + at) + load<f32>(dy + (<usize>c << 2)));
        }
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
      const y0 = max(0, oy * SH - top), y1 = min(H, oy * SH - top + FH);
      for (let ox = 0; ox < OW; ox++) {
        const x0 = max(0, ox * SW - left), x1 = min(W, ox * SW - left + FW);
        const count = <f32>((y1 - y0) * (x1 - x0));
        for (let c = 0; c < C; c++) {
          let sum: f32 = 0;
          for (let q = y0; q < y1; q++) {
            let p = image + <usize>q * row + <usize>x0 * pixel + (<usize>c << 2);
            for (let r = x0; r < x1; r++) {
              sum += load<f32>(p);
              p += pixel;
            }
          }
          store<f32>(y + (<usize>c << 2), sum / count);
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
      const y0 = max(0, oy * SH - top), y1 = min(H, oy * SH - top + FH);
      for (let ox = 0; ox < OW; ox++) {
        const x0 = max(0, ox * SW - left), x1 = min(W, ox * SW - left + FW);
        const count = <f32>((y1 - y0) * (x1 - x0));
        for (let c = 0; c < C; c++) {
          const share = load<f32>(dy + (<usize>c << 2)) / count;
          for (let q = y0; q < y1; q++) {
            let p = image + <usize>q * row + <usize>x0 * pixel + (<usize>c << 2);
            for (let r = x0; r < x1; r++) {
              store<f32>(p, load<f32>(p) + share);
              p += pixel;
            }
          }
        }
        dy += pixel;
      }
    }
  }
}
