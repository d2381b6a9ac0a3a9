/*
 * The simple recurrent layer (Elman 1990) over a whole sequence as one operation, forward and backward; zero initial state.
 *
 *   h_t = act(x_t Wx + b + h_(t-1) Wh)
 *
 * `act` is a kind of activations.ts. Kept for the backward pass, time-major: h [T + 1, B, U] (h[0] is zero) and, where the slope
 * does not follow from the value, `before` [T, B, U], the sums; else 0. The input products x Wx + b are the caller's and
 * arrive in h[1..T]. Any U.
 */
import { activate, activationGradient } from './activations';
import { addTo } from './lanes';
import { packColumns, panels } from './products';

/** Bytes of scratch memory of both passes. */
export function simpleRnnScratch(B: i32, U: i32): i32 {
  return ((U + 7) & ~7) * U * 4 + B * U * 4 + U * 16 + 1024;
}

/** h [T + 1, B, U] holds x_t Wx + b in h[t + 1], in the order of computation; wh [U, U]. Fills h and `before`. */
export function simpleRnnForward(T: i32, B: i32, U: i32, wh: usize, h: usize, before: usize, act: i32, scratch: usize): void {
  const row = <usize>U << 2, step = <usize>B * row, edge = scratch + <usize>((U + 7) & ~7) * row;
  packColumns(scratch, wh, row, 4, U, U);
  memory.fill(h, 0, step);
  for (let t = 0; t < T; t++) {
    const now = h + <usize>t * step, next = now + step;
    panels(B, U, U, false, now, row, scratch, next, row, 1, 0, false, edge);
    if (before) memory.copy(before + <usize>t * step, next, step);
    activate(act, B, U, next, row);
  }
}

/**
 * da [T, B, U], the gradients of the sums, from which the caller makes the rest by products: dWh = (h[0..T-1])^T da,
 * dWx = x^T da, db = column sums, dx = da Wx^T. dOut: [B, U] for the last h, or with `sequence` [T, B, U].
 */
export function simpleRnnBackward(
  T: i32, B: i32, U: i32, wh: usize, h: usize, before: usize, da: usize, dOut: usize, sequence: bool, act: i32, scratch: usize,
): void {
  const row = <usize>U << 2, step = <usize>B * row;
  const dh = scratch + <usize>((U + 7) & ~7) * row, edge = dh + step;
  packColumns(scratch, wh, 4, row, U, U);
  if (sequence) memory.fill(dh, 0, step);
  else memory.copy(dh, dOut, step);
  for (let t = T - 1; t >= 0; t--) {
    if (sequence) addTo(dh, dOut + <usize>t * step, step);
    const y = h + <usize>(t + 1) * step, at = da + <usize>t * step;
    activationGradient(act, B, U, at, row, dh, row, y, row, before ? before + <usize>t * step : y, row);
    if (t > 0) panels(B, U, U, false, at, row, scratch, dh, row, 0, 0, false, edge);
  }
}
