import { describe, expect, it } from 'vitest';
import { diagnose, makeConfig, makeFrame, makeStart, MLP } from './builders.js';

const losses = (values: number[], training = {}, start = makeStart()) =>
  diagnose(
    makeConfig(MLP, training),
    start,
    null,
    values.map((loss, step) => makeFrame(step, { loss })),
  ).filter((f) => f.id === 'exploding-gradients');

describe('exploding-gradients', () => {
  it('fires at the first frame above 10 x the first loss, once', () => {
    const found = losses([1, 2, 9, 11, 500, 1e6]);
    expect(found.map((f) => f.step)).toEqual([3]);
    expect(found[0]).toMatchObject({ severity: 'error', cause: 'training too hasty', message: '3 updates multiplied the loss by 11' });
  });
  it('compares with the trivial predictor where the first batch was lucky', () => {
    expect(losses([0.01, 0.9, 1.1, 0.8])).toEqual([]);
  });
  it('averages the loss of small batches before it compares', () => {
    expect(losses([1, 1, 1, 14, 1, 1], { batchSize: 1 })).toEqual([]);
    expect(losses([1, 1, 1, 14, 1, 1]).length).toBe(1);
  });
  it('takes its limit from the config', () => {
    const config = makeConfig(MLP, {}, { watch: { detectors: { 'exploding-gradients': { threshold: 100 } } } });
    const frames = [1, 50, 150].map((loss, step) => makeFrame(step, { loss }));
    expect(diagnose(config, makeStart(), null, frames).find((f) => f.id === 'exploding-gradients')?.step).toBe(2);
  });
});
