/*
 * ZClip (Kumar et al. 2025, "ZClip: Adaptive Spike Mitigation for LLM Pre-Training"): the limit follows the run's own gradient norm.
 */

/** Decay of the running mean and variance. */
const EMA = 0.97;
/** Updates that only teach it what is usual. */
const WARMUP_UPDATES = 25;

/** What is remembered between updates; plain data, so that a discarded update leaves no trace. */
export interface AutoClipState {
  readonly updates: number;
  readonly mean: number;
  /** While warming up: sum of squared deviations; then the running variance. */
  readonly spread: number;
}

export const AUTO_CLIP_START: AutoClipState = { updates: 0, mean: 0, spread: 0 };

/**
 * The largest norm allowed for a gradient of norm `norm`, and the state after it. With z = (norm - mean) / sigma and z > threshold
 * the limit is mean + threshold^2 * sigma / z; else there is none (Infinity). The statistics take in the clipped norm.
 * A non-finite norm has no limit and teaches nothing.
 */
export function autoClip(state: AutoClipState, norm: number, threshold: number): { limit: number; state: AutoClipState } {
  if (!Number.isFinite(norm)) return { limit: Infinity, state };
  if (state.updates < WARMUP_UPDATES) return { limit: Infinity, state: learn(state, norm) };
  const sigma = Math.sqrt(state.spread);
  const z = sigma > 0 ? (norm - state.mean) / sigma : 0;
  const limit = z > threshold ? state.mean + (threshold * threshold * sigma) / z : Infinity;
  const seen = Math.min(norm, limit);
  const mean = EMA * state.mean + (1 - EMA) * seen;
  const spread = EMA * state.spread + (1 - EMA) * (seen - mean) ** 2;
  return { limit, state: { updates: state.updates + 1, mean, spread } };
}

/** Welford's running mean and variance over the warm-up. */
function learn(state: AutoClipState, norm: number): AutoClipState {
  const updates = state.updates + 1;
  const mean = state.mean + (norm - state.mean) / updates;
  const sum = state.spread + (norm - state.mean) * (norm - mean);
  return { updates, mean, spread: updates === WARMUP_UPDATES ? sum / updates : sum };
}
