import { describe, expect, it } from 'vitest';
import type { Frame } from '../../../src/telemetry/events.js';
import { CONFIRMING_FRAMES, Guard, type Kept } from '../../../src/training/guard.js';

const STATS = { gradNorm: 1, maxAbs: 1, nonFinite: 0, zeros: 0, weightNorm: 1, updateRatio: 0.01 };
const EVERY = 16;

/** A guard over steps that are all judged; tells which moments are held. */
function guarded() {
  const held = new Set<number>();
  let step = 0;
  const guard = new Guard(EVERY, () => {
    const at = step;
    held.add(at);
    return { moment: { step: at, weights: { step: at, dispose: () => held.delete(at) } } } as unknown as Kept;
  });
  const make = (steps: number, risk = 0, over: Partial<Frame> = {}) => {
    for (let i = 0; i < steps; i++, step++) {
      if (guard.isDue(step)) guard.keep(step);
      guard.judged({ step, loss: 1, globalGradNorm: 1, layers: [STATS], ...over } as Frame, risk);
    }
  };
  return { guard, held, make, healthy: () => guard.healthy?.moment.step, back: (to: number) => (step = to) };
}

describe('the guard', () => {
  it('starts with the first weights and follows a healthy run, two moments at most', () => {
    const { make, healthy, held } = guarded();
    make(1);
    expect(healthy()).toBe(0);
    for (let i = 1; i < 200; i++) {
      make(1);
      expect(held.size).toBeLessThanOrEqual(2);
    }
    expect(healthy()).toBeGreaterThanOrEqual(200 - EVERY - CONFIRMING_FRAMES);
    expect(healthy()).toBeLessThanOrEqual(200 - CONFIRMING_FRAMES);
  });

  it.each([
    ['risk', 0.3, {}],
    ['a loss that is not finite', 0, { loss: NaN }],
    ['a gradient that is not finite', 0, { layers: [{ ...STATS, nonFinite: 1 }] }],
    ['weights that are not finite', 0, { layers: [{ ...STATS, weightNorm: Infinity }] }],
  ] as [string, number, Partial<Frame>][])('never keeps a moment that %s follows within 8 frames', (_, risk, over) => {
    for (let calm = 0; calm < 60; calm++) {
      const { make, healthy, held } = guarded();
      make(calm);
      make(30, risk, over);
      expect(healthy() ?? 0).toBeLessThanOrEqual(Math.max(0, calm - CONFIRMING_FRAMES));
      expect(held.size).toBe(1);
    }
  });

  it('keeps anew once the run has gone back and is calm', () => {
    const { guard, make, healthy, back } = guarded();
    make(100);
    make(10, 0.9);
    const kept = healthy() ?? NaN;
    back(kept);
    guard.returned();
    make(100);
    expect(healthy()).toBeGreaterThan(kept);
  });

  it('lets everything go at the end', () => {
    const { guard, make, held } = guarded();
    make(EVERY + 1);
    expect(held.size).toBe(2);
    guard.dispose();
    expect(held.size).toBe(0);
  });
});
