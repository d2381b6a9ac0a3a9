import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDiagnosis } from '../../../src/diagnosis/diagnosis.js';
import type { Frame, LayerStats } from '../../../src/telemetry/events.js';
import { makeConfig, makeDry, makeEnd, makeFrame, makeLayer, makeReport, makeStart, MLP } from './builders.js';

/** Numbers as runs produce them: ordinary, zero, tiny, huge, infinite, NaN. */
const figure = fc.oneof(
  fc.double({ min: 0, max: 10, noNaN: true }),
  fc.constantFrom(0, 1e-300, 1e38, 1e300, Infinity, -Infinity, NaN),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
);
const layer: fc.Arbitrary<LayerStats> = fc.record({
  gradNorm: figure,
  maxAbs: figure,
  nonFinite: fc.nat(10),
  zeros: fc.nat(10),
  weightNorm: figure,
  updateRatio: figure,
  dead: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
});
const frames = (layers: number): fc.Arbitrary<Frame[]> =>
  fc.array(
    fc.record({
      loss: figure,
      learningRate: figure,
      globalGradNorm: figure,
      clippedGradNorm: figure,
      overshoot: fc.option(figure),
      layers: fc.array(layer, { minLength: layers, maxLength: layers }),
    }),
    { maxLength: 60 },
  ).map((rows) => rows.map((row, step) => makeFrame(step, row))); // prettier-ignore
const report = fc
  .record({ dry: fc.array(fc.record({ lossBefore: figure, lossAfter: figure, rho: figure, overshoot: figure, globalGradNorm: figure, updateRatio: figure }), { maxLength: 8 }), sharpness: fc.option(figure), mean: figure, rms: figure })
  .map(({ dry, sharpness, mean, rms }) =>
    makeReport({
      dry: dry.map((d, step) => makeDry({ ...d, step })),
      sharpness,
      features: [{ name: 'a column with quite a long name', mean, deviation: rms, min: -rms, max: rms, nonFinite: 0 }],
      targets: [{ name: 'y', mean, deviation: rms, min: mean, max: rms, nonFinite: 0, classes: null, classCounts: null }],
      signal: [1, 2, 3, 4].map((i) => ({ layer: `dense_${i}`, outputRms: Math.abs(rms) ** i, gradNorm: mean, nonFiniteOutputs: 0 })),
    }),
  ); // prettier-ignore

const optimizers = [
  { type: 'sgd', learningRate: 0.1 },
  { type: 'sgd', learningRate: 0.1, momentum: 0.9 },
  { type: 'adam', learningRate: 0.01 },
];

describe('any numbers a run can produce', () => {
  it('never crash a detector, and give a risk of 0 to 1 and findings that can be shown', () => {
    const run = fc.tuple(
      report,
      fc.constantFrom(1, 2, 5).chain(frames),
      fc.constantFrom(...optimizers),
      fc.constantFrom(1, 32, 400),
      figure,
    );
    fc.assert(
      fc.property(run, ([preflight, trace, optimizer, batchSize, baseline]) => {
        const config = makeConfig(MLP, { optimizer, batchSize });
        const names = (trace[0]?.layers ?? []).map((_, i) => `dense_${i + 1}`);
        const diagnosis = createDiagnosis({ config, start: makeStart(names, { baseline: { loss: baseline } }), preflight: null });
        const findings = diagnosis.preflight(preflight);
        for (const frame of trace) {
          const judgement = diagnosis.frame(frame);
          expect(judgement.risk).toBeGreaterThanOrEqual(0);
          expect(judgement.risk).toBeLessThanOrEqual(1);
          findings.push(...judgement.findings);
        }
        findings.push(...diagnosis.end(makeEnd({ loss: trace.at(-1)?.loss ?? 0 })));
        for (const f of findings) {
          const lines = (f.formula ?? '').split('\n');
          expect(lines.length).toBeLessThanOrEqual(2);
          expect(Math.max(...lines.map((l) => l.length))).toBeLessThanOrEqual(42);
          expect(f.message + f.cause).not.toMatch(/undefined|null|NaN times/);
          expect(f.stepsToOverflow === null || Number.isInteger(f.stepsToOverflow)).toBe(true);
        }
        const said = findings.map((f) => `${f.id} ${f.severity}`);
        expect(new Set(said).size).toBe(said.length);
      }),
      { numRuns: 400, seed: 7 },
    );
  });

  it('says nothing about a constant run, and never while the loss falls smoothly', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.9, max: 0.999, noNaN: true }), fc.double({ min: 0.8, max: 1.2, noNaN: true }), (fall, gradient) => {
        const diagnosis = createDiagnosis({ config: makeConfig(MLP), start: makeStart(), preflight: null });
        for (let i = 0; i < 150; i++) {
          const frame = makeFrame(i, { loss: fall ** i, layers: [makeLayer({ gradNorm: gradient ** (i / 10) }), makeLayer()] });
          expect(diagnosis.frame(frame).findings).toEqual([]);
        }
      }),
      { numRuns: 50, seed: 7 },
    );
  });

  it('judges 500 layers, at a cost that grows with them and not with the steps', () => {
    const layers = Array.from({ length: 500 }, () => makeLayer());
    const names = layers.map((_, i) => `dense_${i}`);
    const diagnosis = createDiagnosis({ config: makeConfig(MLP), start: makeStart(names), preflight: null });
    const judgements = Array.from({ length: 2000 }, (_, step) => diagnosis.frame(makeFrame(step, { layers })));
    expect(judgements.every((j) => j.findings.length === 0 && j.risk < 0.5)).toBe(true);
  });
});
