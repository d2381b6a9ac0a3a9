import type { Frame } from '../../../src/telemetry/events.js';
import { encodeFrames, type FrameBatch } from '../../../src/telemetry/frame-batch.js';

/** A frame of `layers` layers whose every norm is `norm`. */
export function frameOf(step: number, norm: number, layers = 1, dead?: number): Frame {
  const stats = { gradNorm: norm, maxAbs: norm, nonFinite: 0, zeros: 0, weightNorm: 2, updateRatio: norm / 100, dead };
  return {
    step,
    epoch: 0,
    loss: norm,
    learningRate: 0.1,
    globalGradNorm: norm,
    clippedGradNorm: norm,
    overshoot: null,
    risk: 0.1,
    riskEvidence: [],
    layers: Array.from({ length: layers }, () => stats),
  };
}

export function batchOf(norms: readonly number[], from = 0, layers = 1): FrameBatch {
  return encodeFrames(
    norms.map((norm, i) => frameOf(from + i, norm, layers)),
    layers,
  );
}
