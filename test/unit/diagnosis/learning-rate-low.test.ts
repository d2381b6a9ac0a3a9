import { describe, expect, it } from 'vitest';
import type { Frame } from '../../../src/telemetry/events.js';
import { diagnose, makeConfig, makeEnd, makeFrame, makeLayer, makeReport, makeStart, MLP } from './builders.js';

const config = (training: Record<string, unknown> = {}) => makeConfig(MLP, training);
const start = makeStart(undefined, { plannedSteps: 400 });
/** 400 frames whose loss stands at what guessing gives; both layers move by `pace` of their weights. */
const frames = (pace: (step: number) => number, more: (step: number) => Partial<Frame> = () => ({})) =>
  Array.from({ length: 400 }, (_, step) =>
    makeFrame(step, { loss: 1.5, ...more(step), layers: [makeLayer({ updateRatio: pace(step) }), makeLayer({ updateRatio: pace(step) })] }),
  );
const said = (of: Frame[], training: Record<string, unknown> = {}, end = makeEnd({ loss: 1.5 })) =>
  diagnose(config(training), start, makeReport(), of, end).filter((f) => f.id === 'learning-rate-low');

describe('learning-rate-low', () => {
  it('is said early of a pace far below what learning takes', () => {
    expect(said(frames(() => 1e-6))[0]).toMatchObject({ severity: 'warning', phase: 'training', step: 49 });
  });
  it('is said at the end of a run whose weights moved less than 2 % in all, and not of one that moved more', () => {
    expect(said(frames(() => 4e-5))).toMatchObject([{ phase: 'end', step: 400, at: ['training', 'optimizer', 'learningRate'] }]);
    expect(said(frames(() => 6e-5))).toEqual([]);
  });
  it('is not said at the end of a run that learned, that diverged, or whose units are what holds it back', () => {
    const pace = () => 4e-5;
    expect(said(frames(pace, (step) => ({ loss: 1.5 * 0.99 ** step })))).toEqual([]);
    expect(said(frames(pace), {}, makeEnd({ status: 'diverged' }))).toEqual([]);
    const saturated = frames(pace).map((frame) => ({ ...frame, layers: frame.layers.map((layer) => ({ ...layer, saturated: 0.9 })) }));
    expect(said(saturated)).toEqual([]);
  });
  it('points at a schedule that has cut the rate to nothing in the first half of the run', () => {
    const rate = (step: number) => 0.1 * 0.5 ** (step / 5);
    const collapsed = frames((step) => rate(step) / 10, (step) => ({ learningRate: rate(step) })); // prettier-ignore
    const [found] = said(collapsed, { learningRateSchedule: { type: 'exponential', decayRate: 0.5, decaySteps: 5 } });
    expect(found).toMatchObject({ phase: 'training', at: ['training', 'learningRateSchedule'], fixes: ['decay-learning-rate', 'change-optimizer'] }); // prettier-ignore
    expect(found?.step).toBeLessThan(120);
    const lost = collapsed.map((frame) => (frame.step < 40 ? frame : { ...frame, layers: frame.layers.map((layer) => ({ ...layer, updateRatio: 0 })) })); // prettier-ignore
    expect(said(lost)[0]).toMatchObject({ phase: 'training', at: ['training', 'learningRateSchedule'] });
  });
  it('leaves a schedule alone that decays late', () => {
    const rate = (step: number) => 0.1 * (step < 300 ? 1 : 1e-6);
    expect(said(frames((step) => rate(step) / 10, (step) => ({ learningRate: rate(step) })))).toEqual([]); // prettier-ignore
  });
  it('excuses a warm-up, but not one that outlasts the run', () => {
    const warm = (warmupSteps: number) => said(frames((step) => (1e-6 * step) / 400), { learningRateSchedule: { type: 'constant', warmupSteps } }); // prettier-ignore
    expect(warm(100_000)[0]).toMatchObject({ phase: 'training', step: 49 });
    expect(warm(300)[0]?.step).toBe(300);
  });
});
