/*
 * Optimizer updates that propose: weights and moments are written beside the present ones, nothing is overwritten, so
 * that a proposal can be thrown away. The arithmetic is that of tfjs's own optimizers, operation by operation in
 * float32. All pointers are byte addresses of n float32; where `stats` is 0 nothing is summed up.
 *
 * Clipping comes first: `scale` multiplies the gradient (clipping by a norm), `limit` bounds its values (Infinity: no bound), `units` [columns]
 * holds a scale for each unit of an adaptive clip (0: none). `buffer` has room for a chunk. The sums are of the gradient as it came.
 */
import { cutChunk } from './clipping';
import { stepStatistics } from './statistics';

/** Entries per chunk: weights, gradient, moments and their successors together stay in the first-level cache. */
const CHUNK: i32 = 512;

/** next = w - rate * g, or with momentum m' = momentum * m + g and next = w - rate * (nesterov ? g + momentum * m' : m'). */
export function proposeSgd(
  n: i32, w: usize, g: usize, m: usize, next: usize, nextM: usize,
  rate: f32, momentum: f32, nesterov: bool, scale: f32, limit: f32, units: usize, columns: i32,
  buffer: usize, stats: usize,
): void {
  const down = f32x4.splat(-rate), keep = f32x4.splat(momentum), scales = f32x4.splat(scale);
  const whole = g;
  for (let start = 0; start < n; start += CHUNK) {
    const count = min(CHUNK, n - start);
    const w0 = w, g0 = whole + (<usize>start << 2), next0 = next;
    g = cutChunk(buffer, whole, start, count, limit, units, columns);
    let i = 0;
    for (; i + 4 <= count; i += 4) {
      let step = f32x4.mul(v128.load(g), scales);
      if (m) {
        const moment = f32x4.add(f32x4.mul(v128.load(m), keep), step);
        v128.store(nextM, moment);
        step = nesterov ? f32x4.add(step, f32x4.mul(moment, keep)) : moment;
        m += 16;
        nextM += 16;
      }
      v128.store(next, f32x4.add(f32x4.mul(step, down), v128.load(w)));
      w += 16;
      g += 16;
      next += 16;
    }
    for (; i < count; i++) {
      let step = load<f32>(g) * scale;
      if (m) {
        const moment = load<f32>(m) * momentum + step;
        store<f32>(nextM, moment);
        step = nesterov ? step + moment * momentum : moment;
        m += 4;
        nextM += 4;
      }
      store<f32>(next, step * -rate + load<f32>(w));
      w += 4;
      g += 4;
      next += 4;
    }
    if (stats) stepStatistics(count, w0, next0, g0, stats);
  }
}

/**
 * m' = beta1 m + rest1 g; v' = beta2 v + rest2 g^2; next = keep w - rate * (m' / bias1) / (sqrt(v' / bias2) + epsilon).
 * rest = 1 - beta and bias = 1 - beta^t come from the caller: computed in float32 they would be off by 1e-5.
 * keep = 1 - rate * weightDecay for AdamW, 1 for Adam.
 */
export function proposeAdam(
  n: i32, w: usize, g: usize, m: usize, v: usize, next: usize, nextM: usize, nextV: usize,
  rate: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, bias1: f32, bias2: f32, epsilon: f32, keep: f32, scale: f32,
  limit: f32, units: usize, columns: i32, buffer: usize, stats: usize,
): void {
  const b1 = f32x4.splat(beta1), r1 = f32x4.splat(rest1), b2 = f32x4.splat(beta2), r2 = f32x4.splat(rest2);
  const c1 = f32x4.splat(bias1), c2 = f32x4.splat(bias2), small = f32x4.splat(epsilon), down = f32x4.splat(-rate);
  const kept = f32x4.splat(keep), scales = f32x4.splat(scale);
  const whole = g;
  for (let start = 0; start < n; start += CHUNK) {
    const count = min(CHUNK, n - start);
    const w0 = w, g0 = whole + (<usize>start << 2), next0 = next;
    g = cutChunk(buffer, whole, start, count, limit, units, columns);
    let i = 0;
    for (; i + 4 <= count; i += 4) {
      const gradient = f32x4.mul(v128.load(g), scales);
      const first = f32x4.add(f32x4.mul(v128.load(m), b1), f32x4.mul(gradient, r1));
      const second = f32x4.add(f32x4.mul(v128.load(v), b2), f32x4.mul(f32x4.mul(gradient, gradient), r2));
      v128.store(nextM, first);
      v128.store(nextV, second);
      const ratio = f32x4.div(f32x4.div(first, c1), f32x4.add(f32x4.sqrt(f32x4.div(second, c2)), small));
      v128.store(next, f32x4.add(f32x4.mul(ratio, down), f32x4.mul(v128.load(w), kept)));
      w += 16; g += 16; m += 16; v += 16; next += 16; nextM += 16; nextV += 16;
    }
    for (; i < count; i++) {
      const gradient = load<f32>(g) * scale;
      const first = load<f32>(m) * beta1 + gradient * rest1;
      const second = load<f32>(v) * beta2 + gradient * gradient * rest2;
      store<f32>(nextM, first);
      store<f32>(nextV, second);
      store<f32>(next, first / bias1 / (sqrt<f32>(second / bias2) + epsilon) * -rate + load<f32>(w) * keep);
      w += 4; g += 4; m += 4; v += 4; next += 4; nextM += 4; nextV += 4;
    }
    if (stats) stepStatistics(count, w0, next0, g0, stats);
  }
}

/** s' = decay s + rest g^2; m' = momentum m + rate * g / sqrt(s' + epsilon); next = w - m'. */
export function proposeRmsprop(
  n: i32, w: usize, g: usize, s: usize, m: usize, next: usize, nextS: usize, nextM: usize,
  rate: f32, decay: f32, rest: f32, momentum: f32, epsilon: f32, scale: f32, limit: f32, units: usize, columns: i32,
  buffer: usize, stats: usize,
): void {
  const d = f32x4.splat(decay), r = f32x4.splat(rest), keep = f32x4.splat(momentum), rates = f32x4.splat(rate);
  const small = f32x4.splat(epsilon), scales = f32x4.splat(scale);
  const whole = g;
  for (let start = 0; start < n; start += CHUNK) {
    const count = min(CHUNK, n - start);
    const w0 = w, g0 = whole + (<usize>start << 2), next0 = next;
    g = cutChunk(buffer, whole, start, count, limit, units, columns);
    let i = 0;
    for (; i + 4 <= count; i += 4) {
      const gradient = f32x4.mul(v128.load(g), scales);
      const square = f32x4.add(f32x4.mul(v128.load(s), d), f32x4.mul(f32x4.mul(gradient, gradient), r));
      const step = f32x4.div(f32x4.mul(gradient, rates), f32x4.sqrt(f32x4.add(square, small)));
      const moment = f32x4.add(f32x4.mul(v128.load(m), keep), step);
      v128.store(nextS, square);
      v128.store(nextM, moment);
      v128.store(next, f32x4.sub(v128.load(w), moment));
      w += 16; g += 16; s += 16; m += 16; next += 16; nextS += 16; nextM += 16;
    }
    for (; i < count; i++) {
      const gradient = load<f32>(g) * scale;
      const square = load<f32>(s) * decay + gradient * gradient * rest;
      const moment = load<f32>(m) * momentum + gradient * rate / sqrt<f32>(square + epsilon);
      store<f32>(nextS, square);
      store<f32>(nextM, moment);
      store<f32>(next, load<f32>(w) - moment);
      w += 4; g += 4; s += 4; m += 4; next += 4; nextS += 4; nextM += 4;
    }
    if (stats) stepStatistics(count, w0, next0, g0, stats);
  }
}
