import { describe, expect, it } from 'vitest';
import type { Frame, LayerStats } from '../../../src/telemetry/events.js';
import { diagnose, makeConfig, makeFrame, makeLayer, makeReport, makeStart, MLP } from './builders.js';

const config = makeConfig(MLP);
const adam = makeConfig(MLP, { optimizer: { type: 'adam', learningRate: 0.01 } });
/** Loss stands at what guessing gives. */
const run = (frames: number, first: (step: number) => Partial<LayerStats>, more: Partial<Frame> = {}) =>
  Array.from({ length: frames }, (_, step) => makeFrame(step, { loss: 1.5, ...more, layers: [makeLayer(first(step)), makeLayer()] }));
const findings = (frames: Frame[], of = config, report = makeReport(), start = makeStart()) =>
  diagnose(of, start, report, frames).filter((f) => f.severity !== 'info');
const say = (...args: Parameters<typeof findings>) => findings(...args).map((f) => [f.id, f.cause]);
/** Alive and moved by 80 % of its weights for 10 steps, without gradient from then on. */
const killed = (step: number) => (step < 10 ? { gradNorm: 2, updateRatio: 0.8 } : { gradNorm: 0, zeros: 10, updateRatio: 0 });

describe('why a net stands still', () => {
  it('large updates that ended the gradient are the cause, and the run is lost', () => {
    const said = findings(run(160, killed));
    expect(said.map((f) => [f.id, f.severity, f.cause])).toEqual([
      ['exploded-then-dead', 'error', 'training too hasty'],
      ['learning-rate-high', 'warning', 'training too hasty'],
      ['vanishing-gradients', 'warning', 'training too hasty'],
    ]);
    expect(said[0]?.step).toBe(29);
    expect(said[1]).toMatchObject({ step: 30, evidence: { 'update ÷ weights': 0.5657 } });
    expect(said[2]?.at).toEqual(['training', 'optimizer', 'learningRate']);
  });
  it('without large updates the units are, and with no gradient from the start it is no explosion', () => {
    expect(say(run(160, (step) => ({ ...killed(step), updateRatio: 0.01 })))).toEqual([['vanishing-gradients', 'units pass no gradient']]);
    expect(say(run(160, () => ({ gradNorm: 0, zeros: 10, updateRatio: 0 })))).toEqual([['vanishing-gradients', 'units pass no gradient']]);
  });
  it('first weights that lose the signal are, where it shrinks from layer to layer', () => {
    const signal = [1, 0.2, 0.04, 0.008].map((outputRms, i) => ({ layer: `dense_${i + 1}`, outputRms, gradNorm: 1, nonFiniteOutputs: 0 }));
    const all = diagnose(
      config,
      makeStart(),
      makeReport({ signal }),
      run(160, () => ({ gradNorm: 1e-6 })),
    );
    expect(all.map((f) => [f.id, f.severity, f.cause])).toEqual([
      ['bad-initialization', 'info', 'weights start too small'],
      ['vanishing-gradients', 'warning', 'weights start too small'],
    ]);
  });
  it('an adaptive optimiser is given half of the run, and longer while the gradient comes back', () => {
    const gone = run(300, () => ({ gradNorm: 1e-6 }));
    const at = (frames: Frame[]) => findings(frames, adam, makeReport(), makeStart(undefined, { plannedSteps: 400 })).map((f) => f.step);
    expect(at(gone)).toEqual([200]);
    expect(at(run(300, (step) => ({ gradNorm: 1e-6 * 1.02 ** step })))).toEqual([]);
    expect(findings(gone).map((f) => f.step)).toEqual([99]);
  });
  it('a penalty is, where it has shrunk the weights to under a tenth', () => {
    const shrinks = (rate: number) => run(160, (step) => ({ gradNorm: 1e-6, updateRatio: 0.01, weightNorm: 10 * rate ** step })).map(
      (frame, step) => ({ ...frame, layers: frame.layers.map((layer) => ({ ...layer, weightNorm: 10 * rate ** step })) })); // prettier-ignore
    const penalised = makeConfig(MLP, {}, { model: { layers: MLP, regularization: { l1: 0, l2: 1 } } });
    expect(say(shrinks(0.97), penalised)).toEqual([['vanishing-gradients', 'regularised too strongly']]);
    expect(say(shrinks(0.999), penalised)).toEqual([['vanishing-gradients', 'units pass no gradient']]);
    expect(say(shrinks(0.97))).toEqual([['vanishing-gradients', 'units pass no gradient']]);
  });
  it('learning-rate-low is not said of a layer without gradient', () => {
    const tiny = (first: object) => [makeLayer({ updateRatio: 1e-7, ...first }), makeLayer({ updateRatio: 1e-7 })];
    const slow = (first: object) => Array.from({ length: 80 }, (_, step) => makeFrame(step, { loss: 1.5, layers: tiny(first) }));
    expect(say(slow({}))).toEqual([['learning-rate-low', 'learning rate too small']]);
    expect(say(slow({ gradNorm: 0, zeros: 10 })).map(([id]) => id)).not.toContain('learning-rate-low');
  });
});
