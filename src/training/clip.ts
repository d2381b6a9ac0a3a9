import type { ClipConfig } from '../config/training-schema.js';
import { AUTO_CLIP_START, autoClip, type AutoClipState } from './auto-clip.js';
import { tf } from './tf.js';

/** One variable's gradient and what is known of it. */
export interface ClipItem {
  gradient: tf.Tensor;
  weight: tf.Tensor;
  /** L2 norm of the gradient. */
  norm: number;
  maxAbs: number;
  nonFinite: number;
}

export interface ClipResult {
  /** In the order of the items: the same tensor, or a new one that the caller disposes. */
  gradients: tf.Tensor[];
  /** Each gradient counts so many times: clipping by a norm makes no new tensor. */
  scales: number[];
  /** L2 norm over all of them. */
  norm: number;
  clipped: boolean;
  state: ClipState;
}

/** What a clip remembers between updates. */
export type ClipState = AutoClipState;
export const CLIP_START: ClipState = AUTO_CLIP_START;

/** Smallest weight norm adaptive clipping reckons with, so that weights of 0 can start to move. */
const MIN_UNIT_NORM = 1e-3;

/**
 * Limits gradients as `config` says. `globalNorm` is the L2 norm over all items. Gradients whose norm is not finite are
 * left as they are by the kinds that scale: there is no scale that would heal them, and hiding them would hide the trouble.
 */
export function clipGradients(config: ClipConfig, items: readonly ClipItem[], globalNorm: number, state: ClipState): ClipResult {
  switch (config.type) {
    case 'globalNorm':
      return scaleAll(items, globalNorm, config.threshold, state);
    case 'auto': {
      const { limit, state: next } = autoClip(state, globalNorm, config.threshold);
      return scaleAll(items, globalNorm, limit, next);
    }
    case 'norm': {
      const scales = items.map(({ norm }) => (Number.isFinite(norm) && norm > config.threshold ? config.threshold / norm : 1));
      return scaled(items, scales, norms(items.map(({ norm }, i) => norm * (scales[i] ?? 1))), state);
    }
    case 'value':
      return measured(items, (item) => clipValue(item, config.threshold), state);
    case 'adaptive':
      return measured(items, (item) => clipUnits(item, config.threshold), state);
  }
}

function scaleAll(items: readonly ClipItem[], norm: number, limit: number, state: ClipState): ClipResult {
  const within = !Number.isFinite(norm) || norm <= limit;
  return scaled(items, Array<number>(items.length).fill(within ? 1 : limit / norm), within ? norm : limit, state);
}

function scaled(items: readonly ClipItem[], scales: number[], norm: number, state: ClipState): ClipResult {
  return { gradients: items.map((item) => item.gradient), scales, norm, clipped: scales.some((scale) => scale !== 1), state };
}

/** Values beyond +-threshold; NaN stays NaN (the wasm engine's own kernel would drop it). */
function clipValue({ gradient, maxAbs, nonFinite }: ClipItem, threshold: number): tf.Tensor {
  if (maxAbs <= threshold && nonFinite === 0) return gradient;
  return tf.tidy(() => {
    const clipped = tf.clipByValue(gradient, -threshold, threshold);
    return nonFinite === 0 ? clipped : tf.where(tf.isNaN(gradient), gradient, clipped);
  });
}

/**
 * Adaptive gradient clipping (Brock et al. 2021, NFNets): each unit's gradient is scaled to at most threshold * max(norm(w), 1e-3).
 * A unit is a column of the last axis of a kernel, or a whole bias.
 */
function clipUnits({ gradient, weight, nonFinite }: ClipItem, threshold: number): tf.Tensor {
  if (nonFinite > 0) return gradient;
  return tf.tidy(() => {
    const axes = gradient.rank < 2 ? undefined : Array.from({ length: gradient.rank - 1 }, (_, i) => i);
    const norm = tf.norm(gradient, 'euclidean', axes, true);
    const allowed = tf.mul(tf.maximum(tf.norm(weight, 'euclidean', axes, true), MIN_UNIT_NORM), threshold);
    const scale = tf.minimum(tf.div(allowed, tf.maximum(norm, 1e-30)), 1);
    return scale.min().dataSync()[0] === 1 ? gradient : tf.mul(gradient, scale);
  });
}

function measured(items: readonly ClipItem[], clip: (item: ClipItem) => tf.Tensor, state: ClipState): ClipResult {
  const gradients = items.map(clip);
  const norm = norms(items.map((item, i) => (gradients[i] === item.gradient ? item.norm : normOf(gradients[i] as tf.Tensor))));
  const clipped = gradients.some((gradient, i) => gradient !== items[i]?.gradient);
  return { gradients, scales: Array<number>(items.length).fill(1), norm, clipped, state };
}

function norms(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

/** In float64, so that large gradients do not overflow the sum. */
function normOf(tensor: tf.Tensor): number {
  let sum = 0;
  for (const value of tensor.dataSync()) sum += value * value;
  return Math.sqrt(sum);
}
