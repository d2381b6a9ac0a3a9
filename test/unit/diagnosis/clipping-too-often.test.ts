import { describe, expect, it } from 'vitest';
import { diagnose, makeConfig, makeEnd, makeFrame, makeLayer, makeStart, MLP } from './builders.js';

const clipped = makeConfig(MLP, { gradientClip: { type: 'globalNorm', threshold: 0.5 } });
/** 200 frames of norm 1, of which this share is clipped. */
const frames = (share: number, loss: (step: number) => number, updateRatio = 0.001) =>
  Array.from({ length: 200 }, (_, step) => {
    const isClipped = Math.floor((step + 1) * share) > Math.floor(step * share);
    const layers = [makeLayer({ gradNorm: 1, updateRatio }), makeLayer({ gradNorm: 0, updateRatio })];
    return makeFrame(step, { loss: loss(step), layers, globalGradNorm: 1, clippedGradNorm: isClipped ? 0.5 : 1 });
  });
const said = (share: number, loss: (step: number) => number, end: number, updateRatio?: number) =>
  diagnose(clipped, makeStart(), null, frames(share, loss, updateRatio), makeEnd({ loss: end, clippedShare: share })).filter(
    (f) => f.id === 'clipping-too-often',
  );

describe('clipping-too-often', () => {
  it('is a note while the net learns', () => {
    expect(said(0.9, (step) => 0.98 ** step, 0.02)).toMatchObject([{ severity: 'info', at: ['training', 'gradientClip'] }]);
  });
  it('is silent at half of the updates', () => {
    expect(said(0.5, () => 1, 1)).toEqual([]);
  });
  it('is a warning at the end of a run that learned nothing: hasty, or held back by the threshold', () => {
    const hasty = said(0.9, () => 1, 1);
    expect(hasty.map((f) => f.severity)).toEqual(['info', 'warning']);
    expect(hasty[1]?.fixes[0]).toBe('lower-learning-rate');
    expect(said(0.9, () => 1, 1, 2e-5).map((f) => [f.severity, f.fixes[0]])).toEqual([
      ['info', 'clip-gradients'],
      ['warning', 'clip-gradients'],
    ]);
  });
  it('is a warning while it trains where the threshold makes the updates too small to learn', () => {
    const held = said(0.9, () => 1, 1, 1e-6);
    expect(held).toMatchObject([{ severity: 'warning', phase: 'training', cause: 'clipping threshold too small' }]);
  });
});
