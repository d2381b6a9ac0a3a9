import { describe, expect, it } from 'vitest';
import { diagnose, makeConfig, makeFrame, makeStart, MLP } from './builders.js';

const said = (loss: (step: number) => number, training: Record<string, unknown> = {}) =>
  diagnose(
    makeConfig(MLP, training),
    makeStart(),
    null,
    Array.from({ length: 300 }, (_, step) => makeFrame(step, { loss: loss(step) })),
  )
    .filter((f) => f.id === 'oscillating-loss')
    .map((f) => f.severity);
/** Swings in 12 steps around a middle. */
const swing = (middle: number, depth: number) => (step: number) => middle * (1 + depth * Math.sin((step * Math.PI) / 6));

describe('oscillating-loss', () => {
  it('notes a loss that swings no better than guessing, and warns of it once half of the run is over', () => {
    expect(said(swing(1.2, 0.8))).toEqual(['info', 'warning']);
  });
  it('is a note where it is better than guessing, and silent where it is well below', () => {
    expect(said(swing(0.7, 0.8))).toEqual(['info']);
    expect(said(swing(0.2, 0.8))).toEqual([]);
  });
  it('is silent about small swings, a falling loss, the noise of single rows and a warm-up', () => {
    expect(said(swing(1.2, 0.2))).toEqual([]);
    expect(said((step) => 3 * 0.99 ** step)).toEqual([]);
    expect(said((step) => (step % 2 === 0 ? 0.1 : 1.9), { batchSize: 1 })).toEqual([]);
    expect(said(swing(1.2, 0.8), { learningRateSchedule: { type: 'constant', warmupSteps: 400 } })).toEqual([]);
  });
});
