import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Detector, DetectorRun, Judgement } from '../../../src/diagnosis/detector.js';
import { DETECTORS } from '../../../src/diagnosis/detectors.js';
import { Memory } from '../../../src/diagnosis/memory.js';
import { Vitals } from '../../../src/diagnosis/vitals.js';
import type { EpochEvent, FindingEvent, Frame, LayerStats } from '../../../src/telemetry/events.js';
import { makeConfig, makeDry, makeEnd, makeFrame, makeLayer, makeReport, makeStart } from './builders.js';

/** Numbers no healthy run has. */
const odd = fc.constantFrom(0, 1, 1e-300, 1e300, -1, NaN, Infinity, -Infinity);
const share = fc.option(fc.constantFrom(0, 0.8, 1, NaN), { nil: undefined });
const layer = fc.record({ gradNorm: odd, maxAbs: odd, nonFinite: fc.constantFrom(0, 5), zeros: fc.constantFrom(0, 10), weightNorm: odd, updateRatio: odd, dead: share, saturated: share }); // prettier-ignore
const moment = fc.record({ loss: odd, globalGradNorm: odd, clippedGradNorm: odd, learningRate: odd, overshoot: fc.option(odd) });
/** A few odd moments, repeated until every patience is over; layers may be missing from a frame. */
const trace = fc.record({
  moments: fc.array(moment, { minLength: 1, maxLength: 4 }),
  layers: fc.array(layer, { maxLength: 4 }),
  declared: fc.constantFrom(0, 1, 3, 500),
  steady: fc.boolean(),
  baseline: odd,
  lossOfEpoch: odd,
});
const FRAMES = 130;
const NETS = [
  { optimizer: { type: 'sgd', learningRate: 0.1 }, gradientClip: { type: 'globalNorm', threshold: 1 }, batchSize: 1 },
  { optimizer: { type: 'adam', learningRate: 0.01 }, batchSize: 320 },
];
const LAYERS = [
  { type: 'dense', units: 8, activation: 'relu' },
  { type: 'dense', units: 8, activation: 'tanh' },
  { type: 'dense', units: 1 },
];

type Trace = typeof trace extends fc.Arbitrary<infer T> ? T : never;

/** Everything one detector says of a run, judged by it alone. */
function judge(detector: Detector, run: Trace, net: Record<string, unknown>): (Judgement | FindingEvent)[] {
  const config = makeConfig(LAYERS, net);
  const names = Array.from({ length: run.declared }, (_, i) => `dense_${i + 1}`);
  const start = makeStart(names, { baseline: { loss: run.baseline }, plannedSteps: FRAMES, stepsPerEpoch: 10 });
  const memory = new Memory();
  const vitals = new Vitals(config, start);
  const report = makeReport({ dry: run.moments.map((m, step) => makeDry({ step, lossBefore: m.loss, lossAfter: m.globalGradNorm, overshoot: m.loss })), sharpness: run.baseline }); // prettier-ignore
  vitals.setReport(report);
  const detectorRun: DetectorRun = detector.create?.({ config, start, preflight: null, vitals, memory }) ?? {};
  const said: (Judgement | FindingEvent | null | undefined)[] = [
    ...(detector.check?.(config) ?? []),
    ...(detectorRun.preflight?.(report) ?? []),
  ];
  for (let step = 0; step < FRAMES; step++) {
    const frame = frameOf(run, step);
    vitals.update(frame);
    said.push(detectorRun.frame?.(frame));
    if (step % 10 !== 9) continue;
    const epoch: EpochEvent = { event: 'epoch', epoch: step / 10, loss: run.lossOfEpoch, metrics: {}, validation: { loss: run.baseline, metrics: { accuracy: run.lossOfEpoch } } }; // prettier-ignore
    vitals.updateEpoch(epoch);
    said.push(detectorRun.epoch?.(epoch));
  }
  said.push(detectorRun.end?.(makeEnd({ loss: run.lossOfEpoch, steps: FRAMES })));
  return said.filter((s) => s !== null && s !== undefined);
}

/** `steady`: constant losses, with odd layers. */
function frameOf({ moments, layers, declared, steady }: Trace, step: number): Frame {
  const odds = moments[step % moments.length] as Trace['moments'][number];
  const all: LayerStats[] =
    declared === 500 ? Array.from({ length: 500 }, (_, i) => layers[i % Math.max(1, layers.length)] ?? makeLayer()) : layers;
  return makeFrame(step, steady ? { loss: 1, layers: all } : { ...odds, layers: all });
}

describe.each(DETECTORS.map((detector) => [detector.id, detector] as const))('%s', (_, detector) => {
  it('survives NaN, infinities, zeros, missing layers, none, one, 500 and constant losses, and never gives a risk that is no number', () => {
    fc.assert(
      fc.property(trace, fc.constantFrom(...NETS), (run, net) => {
        for (const said of judge(detector, run, net)) {
          const { risk = 0 } = 'event' in said ? {} : said;
          expect(risk >= 0 && risk <= 1).toBe(true);
          const found = 'event' in said ? said : said.finding;
          if (found === undefined) continue;
          expect(found.id).toBe(detector.id);
          expect(found.cause.length).toBeGreaterThan(0);
          expect(found.stepsToOverflow === null || Number.isInteger(found.stepsToOverflow)).toBe(true);
        }
      }),
      { numRuns: 12, seed: 11 },
    );
  });
});
