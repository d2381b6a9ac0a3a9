import { describe, expect, it } from 'vitest';
import { BRANCH_SERIES, keepBranch } from '../../../src/telemetry/branches.js';

/** Frames of the given steps; the loss is ten times the step but for one spike. */
function frames(count: number, spikeAt = -1) {
  const step = Float64Array.from({ length: count }, (_, i) => i);
  const loss = step.map((s) => (s === spikeAt ? 1e9 : 10 * s));
  return { count, step, loss, learningRate: step.map(() => 0.1), globalGradNorm: loss.slice() };
}

describe('keepBranch', () => {
  it('keeps the frames from a step on, and the one before it, where the curves fork', () => {
    expect(keepBranch([], frames(10), 7)).toEqual([
      { from: 7, to: 9, step: [6, 7, 8, 9], loss: [60, 70, 80, 90], learningRate: [0.1, 0.1, 0.1, 0.1], globalGradNorm: [60, 70, 80, 90] },
    ]);
  });

  it('keeps nothing of a run that has not come that far, or has no frames', () => {
    expect(keepBranch([], frames(5), 5)).toEqual([]);
    expect(keepBranch([], null, 0)).toEqual([]);
  });

  it('bounds a long branch and loses no spike of it', () => {
    const [branch] = keepBranch([], frames(50_000, 31_234), 100);
    expect(branch?.step.length).toBeLessThanOrEqual(402);
    for (const name of BRANCH_SERIES) expect(branch?.[name].length).toBe(branch?.step.length);
    expect(Math.max(...(branch?.loss ?? []))).toBe(1e9);
    expect(branch?.to).toBe(49_999);
  });

  it('keeps the newest of many', () => {
    let branches: ReturnType<typeof keepBranch> = [];
    for (let i = 0; i < 30; i++) branches = keepBranch(branches, frames(40), i);
    expect(branches.map(({ from }) => from)).toEqual(Array.from({ length: 16 }, (_, i) => 14 + i));
  });
});
