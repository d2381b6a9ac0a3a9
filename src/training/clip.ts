import type { ClipConfig } from '../config/training-schema.js';
import { AUTO_CLIP_START, autoClip, type AutoClipState } from './auto-clip.js';
import { limited, type MeasuredCut, unitwise } from './clip-measures.js';
import { tf } from './tf.js';
import { type Cut, UNCUT } from './update-rule.js';

/** One variable's gradient and what is known of it. */
export interface ClipItem {
  gradient: tf.Tensor;
  weight: tf.Tensor;
  /** L2 norm of the gradient. */
  norm: number;
}

export interface ClipResult {
  /** In the order of the items; the caller disposes the `units` in them. */
  cuts: Cut[];
  /** L2 norm over all of them, clipped. */
  norm: number;
  clipped: boolean;
  state: ClipState;
}

/** What a clip remembers between updates. */
export type ClipState = AutoClipState;
export const CLIP_START: ClipState = AUTO_CLIP_START;

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
      return scaled(scales, normOf(items.map(({ norm }, i) => norm * (scales[i] ?? 1))), state);
    }
    case 'value':
      return measured(
        items.map(({ gradient }) => limited(gradient, config.threshold)),
        state,
      );
    case 'adaptive':
      return measured(
        items.map(({ gradient, weight }) => unitwise(gradient, weight, config.threshold)),
        state,
      );
  }
}

function scaleAll(items: readonly ClipItem[], norm: number, limit: number, state: ClipState): ClipResult {
  const within = !Number.isFinite(norm) || norm <= limit;
  return scaled(Array<number>(items.length).fill(within ? 1 : limit / norm), within ? norm : limit, state);
}

function scaled(scales: readonly number[], norm: number, state: ClipState): ClipResult {
  return { cuts: scales.map((scale) => ({ ...UNCUT, scale })), norm, clipped: scales.some((scale) => scale !== 1), state };
}

function measured(items: readonly MeasuredCut[], state: ClipState): ClipResult {
  const clipped = items.some(({ cut }) => cut !== UNCUT);
  return { cuts: items.map(({ cut }) => cut), norm: normOf(items.map(({ norm }) => norm)), clipped, state };
}

function normOf(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

/** The gradient cut: the same tensor where nothing is to be done, else a new one that the caller disposes. */
export function cutGradient(gradient: tf.Tensor, { scale, limit, units }: Cut): tf.Tensor {
  if (scale !== 1) return tf.tidy(() => tf.mul(gradient, scale));
  if (units !== null) return tf.tidy(() => tf.mul(gradient, units));
  // NaN stays NaN, which not every engine's own kernel keeps.
  if (limit !== Infinity) return tf.tidy(() => tf.where(tf.isNaN(gradient), gradient, tf.clipByValue(gradient, -limit, limit)));
  return gradient;
}
