import { describe, expect, it } from 'vitest';
import { createDiagnosis } from '../../../src/diagnosis/diagnosis.js';
import { diagnose, makeConfig, makeDry, makeFrame, makeLayer, makeReport, makeStart, MLP } from './builders.js';

const config = makeConfig(MLP);
const risk = (findings: { id: string; severity: string }[]) => findings.find((f) => f.id === 'explosion-risk')?.severity;
const leap = makeDry({ lossBefore: 1, lossAfter: 50, updateRatio: 2, rho: -3 });

describe('explosion-risk before training', () => {
  it('is an error when a dry step leaps far and the evidence agrees', () => {
    const findings = diagnose(config, makeStart(), makeReport({ dry: [leap], sharpness: 300 }), []);
    expect(risk(findings)).toBe('error');
    const found = findings.find((f) => f.id === 'explosion-risk');
    expect(found?.message).toBe('The first update would multiply the loss by 50');
    expect(found?.at).toEqual(['training', 'optimizer', 'learningRate']);
    expect(found?.evidence['learning rate limit']).toBeCloseTo(2 / 300, 5);
  });
  it('is silent about a leap that lands below what learning runs show', () => {
    const dry = [makeDry(), makeDry({ step: 1, lossBefore: 0.03, lossAfter: 0.1, updateRatio: 2 })];
    expect(risk(diagnose(config, makeStart(), makeReport({ dry, sharpness: 50 }), []))).toBeUndefined();
  });
  it('is silent at rate x sharpness 2.2 alone where the loss is no quadratic: the edge of stability', () => {
    expect(risk(diagnose(config, makeStart(), makeReport({ sharpness: 22 }), []))).toBeUndefined();
  });
  it('takes the same product as proof for one linear layer on full batches, and 1.97 as none', () => {
    const line = makeConfig([{ type: 'dense', units: 1 }], { batchSize: 320 });
    const start = makeStart(['dense_1']);
    expect(risk(diagnose(line, start, makeReport({ sharpness: 20.1 }), []))).toBe('error');
    expect(risk(diagnose(line, start, makeReport({ sharpness: 19.7 }), []))).toBeUndefined();
  });
  it('knows that momentum doubles the limit and that clipping has none', () => {
    const layers = [{ type: 'dense', units: 1 }];
    const momentum = makeConfig(layers, { batchSize: 320, optimizer: { type: 'sgd', learningRate: 0.1, momentum: 0.9 } });
    const clipped = makeConfig(layers, { batchSize: 320, gradientClip: { type: 'globalNorm', threshold: 1 } });
    expect(risk(diagnose(momentum, makeStart(), makeReport({ sharpness: 30 }), []))).toBeUndefined();
    expect(risk(diagnose(momentum, makeStart(), makeReport({ sharpness: 39 }), []))).toBe('error');
    expect(risk(diagnose(clipped, makeStart(), makeReport({ sharpness: 39 }), []))).toBeUndefined();
  });
  it('lets adaptive optimisers and normalised nets come back from a level of 5', () => {
    const dry = [makeDry({ lossAfter: 5, updateRatio: 2, rho: -3 })];
    const adam = makeConfig(MLP, { optimizer: { type: 'adam', learningRate: 0.1 } });
    const normalised = makeConfig([MLP[0] ?? {}, { type: 'batchNormalization' }, MLP[1] ?? {}]);
    expect(risk(diagnose(config, makeStart(), makeReport({ dry, sharpness: 50 }), []))).toBe('error');
    expect(risk(diagnose(adam, makeStart(), makeReport({ dry, sharpness: 50 }), []))).toBeUndefined();
    expect(risk(diagnose(normalised, makeStart(), makeReport({ dry, sharpness: 50 }), []))).toBeUndefined();
  });
  it('puts the explosion down to its root', () => {
    const raw = [{ name: 'weight', mean: 2970, deviation: 846, min: 1613, max: 5140, nonFinite: 0 }];
    const big = [{ name: 'y', mean: 0, deviation: 5000, min: -9000, max: 9000, nonFinite: 0, classes: null, classCounts: null }];
    const signal = [1, 3, 9, 27, 81].map((outputRms, i) => ({ layer: `dense_${i + 1}`, outputRms, gradNorm: 1, nonFiniteOutputs: 0 }));
    const cause = (over: object) =>
      diagnose(config, makeStart(), makeReport({ dry: [leap], sharpness: 300, ...over }), []).find((f) => f.id === 'explosion-risk')?.cause;
    expect(cause({ features: raw, targets: big, signal })).toBe('inputs not scaled');
    expect(cause({ targets: big, signal })).toBe('target not scaled');
    expect(cause({ signal })).toBe('weights start too wide');
    expect(cause({})).toBe('training too hasty');
  });
});

describe('explosion-risk while training', () => {
  const growing = (factor: number, lossFactor: number) =>
    Array.from({ length: 40 }, (_, i) =>
      makeFrame(i, {
        loss: lossFactor ** i,
        layers: [makeLayer({ gradNorm: factor ** i }), makeLayer({ gradNorm: 0.2 * factor ** i, updateRatio: 2 })],
      }),
    );
  it('warns of geometric growth and says when it overflows', () => {
    const found = diagnose(config, makeStart(), null, growing(1.05, 1.1)).find((f) => f.id === 'explosion-risk');
    expect(found).toMatchObject({ severity: 'warning', phase: 'training', layer: 'dense_1' });
    // The loss, which grows faster, overflows first: ln(3.4e38) / ln(1.1) = 931 steps after its start.
    expect((found?.step ?? NaN) + (found?.stepsToOverflow ?? NaN)).toBeGreaterThan(928);
    expect((found?.step ?? NaN) + (found?.stepsToOverflow ?? NaN)).toBeLessThan(934);
  });
  it('is silent when a deep net takes off: gradients grow while the loss falls', () => {
    expect(diagnose(config, makeStart(), null, growing(1.15, 0.97))).toEqual([]);
  });
  it('keeps the risk up while the steps are taken that the pre-flight tried', () => {
    const diagnosis = createDiagnosis({ config, start: makeStart(), preflight: null });
    diagnosis.preflight(makeReport({ dry: [leap], sharpness: 300 }));
    expect(diagnosis.frame(makeFrame(0)).risk).toBeGreaterThanOrEqual(0.9);
    expect(diagnosis.frame(makeFrame(1)).risk).toBe(0);
  });
  it('does not take large steps alone for danger: a net that starts near zero takes them', () => {
    const diagnosis = createDiagnosis({ config, start: makeStart(), preflight: null });
    const judgement = diagnosis.frame(makeFrame(0, { layers: [makeLayer({ weightNorm: 0.01, updateRatio: 12 })] }));
    expect(judgement.findings).toEqual([]);
    expect(judgement.risk).toBeLessThan(0.5);
    expect(judgement.riskEvidence).toContainEqual({ name: 'update ÷ weights', value: 12, limit: 1 });
  });
  it('needs two frames above the level, or one where update and promise agree', () => {
    const spike = (over: object) => [1, 1, 1, 5, 1, 1].map((loss, step) => makeFrame(step, { loss, ...(loss > 1 ? over : {}) }));
    const steps = (over: object) => diagnose(config, makeStart(), null, spike(over)).map((f) => [f.id, f.step]);
    expect(steps({})).toEqual([]);
    expect(steps({ layers: [makeLayer({ updateRatio: 3 }), makeLayer()] })).toEqual([]);
    expect(steps({ layers: [makeLayer({ gradNorm: 20, updateRatio: 3 }), makeLayer()] })).toEqual([['explosion-risk', 3]]);
  });
});
