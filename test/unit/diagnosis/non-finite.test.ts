import { describe, expect, it } from 'vitest';
import { diagnose, makeConfig, makeDry, makeFrame, makeLayer, makeReport, makeStart, MLP } from './builders.js';

const start = makeStart(['a', 'b', 'c']);
const config = makeConfig(MLP);
const ok = makeLayer();
const badGradient = makeLayer({ gradNorm: NaN, nonFinite: 10 });
const badWeights = makeLayer({ gradNorm: NaN, nonFinite: 10, weightNorm: NaN, updateRatio: NaN });
const first = (frame: Parameters<typeof makeFrame>[1]) =>
  diagnose(config, start, null, [makeFrame(0, { layers: [ok, ok, ok] }), makeFrame(1, frame)]).find((f) => f.id === 'non-finite');

describe('non-finite', () => {
  it('names the layer nearest to the output when the backward pass overflows', () => {
    const found = first({ layers: [badGradient, badGradient, ok], globalGradNorm: NaN });
    expect(found).toMatchObject({ severity: 'error', step: 1, layer: 'b' });
    expect(found?.evidence['pass']).toBe('backward pass');
  });
  it('names the first layer when the last update made the weights bad', () => {
    const found = first({ layers: [ok, badWeights, badWeights], globalGradNorm: NaN, loss: NaN });
    expect(found?.layer).toBe('b');
    expect(found?.evidence['pass']).toBe('update');
  });
  it('judges by weights and gradients, not by the loss: NaN reads 16.118 on some engines', () => {
    expect(first({ layers: [badWeights, badWeights, badWeights], globalGradNorm: NaN, loss: 16.118 })?.layer).toBe('a');
  });
  it('puts a bad loss over good gradients to the forward pass', () => {
    expect(first({ layers: [ok, ok, ok], loss: Infinity })?.evidence['pass']).toBe('forward pass');
  });
  it('is silent on finite numbers', () => {
    expect(first({ layers: [ok, ok, ok], loss: 0 })).toBeUndefined();
  });
  it('finds bad data, bad outputs and a bad first gradient before training', () => {
    const preflight = (over: object) => diagnose(config, start, makeReport(over), []).find((f) => f.id === 'non-finite');
    const column = { name: 'horsepower', mean: NaN, deviation: NaN, min: NaN, max: NaN, nonFinite: 6 };
    expect(preflight({ features: [column] })?.message).toBe('Column horsepower holds 6 values that are not finite');
    const signal = [{ layer: 'b', outputRms: Infinity, gradNorm: NaN, nonFiniteOutputs: 3 }];
    expect(preflight({ signal })).toMatchObject({ layer: 'b', at: ['model', 'layers', 1] });
    expect(preflight({ dry: [makeDry({ nonFiniteGradients: 5, lossAfter: NaN })] })?.evidence['pass']).toBe('backward pass');
  });
});
