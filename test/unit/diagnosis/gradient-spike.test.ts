import { describe, expect, it } from 'vitest';
import { diagnose, makeConfig, makeFrame, makeStart, MLP } from './builders.js';

const said = (norm: (step: number) => number, loss: (step: number) => number = () => 0.1) =>
  diagnose(makeConfig(MLP), makeStart(), null, Array.from({ length: 120 }, (_, step) => makeFrame(step, { loss: loss(step), globalGradNorm: norm(step) })))
    .filter((f) => f.id === 'gradient-spike'); // prettier-ignore
const at80 = (norm: number) => (step: number) => (step === 80 ? norm : 1 + 0.2 * Math.sin(step));

describe('gradient-spike', () => {
  it('notes one isolated spike, at its step', () => {
    expect(said(at80(40))).toMatchObject([{ severity: 'info', step: 80 }]);
  });
  it('warns where the loss does not come back from it', () => {
    expect(said(at80(40), (step) => (step > 80 ? 2 : 0.5)).map((f) => f.severity)).toEqual(['info', 'warning']);
  });
  it('is silent about heavy tails, growth and what comes early', () => {
    expect(said(at80(8))).toEqual([]);
    expect(said((step) => (step % 10 === 0 ? 15 : 1))).toEqual([]);
    expect(said((step) => (step < 80 ? 1 : 40))).toEqual([]);
    expect(said((step) => (step === 20 ? 40 : 1))).toEqual([]);
  });
});
