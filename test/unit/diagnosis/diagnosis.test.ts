import { describe, expect, it } from 'vitest';
import { DETECTORS } from '../../../src/diagnosis/detectors.js';
import { diagnose, makeConfig, makeEnd, makeFrame, makeLayer, makeReport, makeStart, MLP } from './builders.js';

const column = { name: 'weight', mean: 2970, deviation: 846, min: 1613, max: 5140, nonFinite: 0 };

describe('the diagnosis of a run', () => {
  it('says each finding once, and again only when it has become more severe', () => {
    const flat = Array.from({ length: 120 }, (_, i) => makeFrame(i, { loss: 1.5 }));
    const findings = diagnose(makeConfig(MLP), makeStart(), makeReport({ features: [column] }), flat, makeEnd({ steps: 120, loss: 1.5 }));
    expect(findings.filter((f) => f.id === 'unscaled-inputs').map((f) => f.severity)).toEqual(['info', 'warning']);
  });
  it('notes raw inputs of a run that learns, but does not warn', () => {
    const falling = Array.from({ length: 120 }, (_, i) => makeFrame(i, { loss: 0.97 ** i }));
    const findings = diagnose(makeConfig(MLP), makeStart(), makeReport({ features: [column] }), falling, makeEnd({ loss: 0.03 }));
    expect(findings.map((f) => [f.id, f.severity])).toEqual([['unscaled-inputs', 'info']]);
  });
  it('points at data.scale where the config has one', () => {
    const scaled = makeConfig(MLP, {}, { data: { generator: { name: 'regression' }, scale: { inputs: 'none', target: 'standard' } } });
    expect(diagnose(scaled, makeStart(), makeReport({ features: [column] }), [])[0]?.at).toEqual(['data', 'scale']);
    expect(diagnose(makeConfig(MLP), makeStart(), makeReport({ features: [column] }), [])[0]?.at).toEqual(['data']);
  });
  it('plateau is said at the end of a run no better than guessing, never of one that learned or was cut short', () => {
    const frames = (loss: number) => Array.from({ length: 120 }, (_, i) => makeFrame(i, { loss: 1 + (loss - 1) * (i / 119) }));
    const plateau = (loss: number, end: object) =>
      diagnose(makeConfig(MLP), makeStart(), null, frames(loss), makeEnd({ steps: 120, loss, ...end })).some((f) => f.id === 'plateau');
    expect(plateau(1, {})).toBe(true);
    expect(plateau(0.6, {})).toBe(false);
    expect(plateau(1, { status: 'stopped' })).toBe(false);
    expect(plateau(1, { steps: 20 })).toBe(false);
  });
  it('vanishing-gradients waits for a net that takes off late', () => {
    const layers = [makeLayer({ gradNorm: 1e-6 }), makeLayer()];
    const stuck = (steps: number) =>
      diagnose(
        makeConfig(MLP),
        makeStart(),
        null,
        Array.from({ length: steps }, (_, i) => makeFrame(i, { layers })),
      ).map((f) => f.id);
    expect(stuck(90)).toEqual([]);
    expect(stuck(110)).toEqual(['vanishing-gradients']);
  });
  it('has one detector per id', () => {
    expect(new Set(DETECTORS.map((d) => d.id)).size).toBe(DETECTORS.length);
  });
});
