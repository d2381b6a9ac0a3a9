import { describe, expect, it } from 'vitest';
import { createDiagnosis } from '../../../src/diagnosis/diagnosis.js';
import { loadTrace } from './builders.js';

const TRACES = ['healthy-deep-tanh', 'healthy-clipped', 'exploding-slow-linear', 'exploding-relu-rnn', 'dead-relu', 'vanishing-sigmoid'];

describe('what a diagnosis remembers', () => {
  it.each(TRACES)('can be put back, and the run is then judged as the first time: %s', (name) => {
    const { config, start, report, frames } = loadTrace(name);
    const diagnosis = createDiagnosis({ config, start, preflight: null });
    diagnosis.preflight(report);
    const middle = Math.floor(frames.length / 2);
    for (const frame of frames.slice(0, middle)) diagnosis.frame(frame);
    const state = diagnosis.save();
    const judge = () => frames.slice(middle).map((frame) => diagnosis.frame(frame));
    const first = judge();
    for (let i = 0; i < 2; i++) {
      diagnosis.restore(state);
      expect(judge()).toEqual(first);
    }
  });

  it('forgets an explosion, and tells it again when it comes again', () => {
    const { config, start, report, frames } = loadTrace('exploding-slow-linear');
    const diagnosis = createDiagnosis({ config, start, preflight: null });
    diagnosis.preflight(report);
    const state = diagnosis.save();
    const found = () => frames.flatMap((frame) => diagnosis.frame(frame).findings.map((f) => `${f.id} at ${f.step}`));
    const before = found();
    expect(before.join()).toContain('exploding-gradients');
    expect(found()).toEqual([]);
    diagnosis.restore(state);
    expect(found()).toEqual(before);
  });

  it('goes over to the diagnosis of a changed config', () => {
    const { config, start, report, frames } = loadTrace('exploding-slow-linear');
    const diagnosis = createDiagnosis({ config, start, preflight: report });
    for (const frame of frames) diagnosis.frame(frame);
    const clipped = { ...config, training: { ...config.training, gradientClip: { type: 'globalNorm', threshold: 1 } as const } };
    const other = createDiagnosis({ config: clipped, start, preflight: report });
    other.restore(diagnosis.save());
    expect(other.frame(frames.at(-1) as (typeof frames)[number]).risk).toBe(1);
  });
});
