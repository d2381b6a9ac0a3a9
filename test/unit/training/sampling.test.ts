import { describe, expect, it } from 'vitest';
import { Sampling } from '../../../src/training/sampling.js';

/** Steps that are sampled in a run of these losses; the norm is that of the loss unless given. */
function sampled(
  plan: { every: number; firstSteps?: number; unwatched?: boolean },
  losses: readonly number[],
  options: { norms?: readonly number[]; risk?: (step: number) => number } = {},
): number[] {
  const sampling = new Sampling(plan);
  return losses.flatMap((loss, step) => {
    const { sample } = sampling.at(step, options.risk?.(step) ?? 0, 0.1);
    const signal = { loss, globalGradNorm: options.norms?.[step] ?? loss };
    return (typeof sample === 'function' ? sample(signal) : sample) ? [step] : [];
  });
}

const steady = (count: number): number[] => Array.from({ length: count }, (_, i) => 1 + 0.1 * Math.sin(i));
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe('sampling', () => {
  it('takes the first steps and then every so many', () => {
    expect(sampled({ every: 8 }, steady(20))).toEqual([0, 8, 16]);
    expect(sampled({ every: 8, firstSteps: 5 }, steady(20))).toEqual([0, 1, 2, 3, 4, 8, 16]);
    expect(sampled({ every: 1 }, steady(4))).toEqual([0, 1, 2, 3]);
    expect(sampled({ every: 1, unwatched: true }, steady(4))).toEqual([]);
  });

  it('takes every step while there is risk', () => {
    expect(sampled({ every: 8 }, steady(20), { risk: (step) => (step >= 9 && step < 12 ? 0.4 : 0) })).toEqual([0, 8, 9, 10, 11, 16]);
  });

  it('takes the step at which loss or gradient leap, and the ten after it', () => {
    const losses = steady(40);
    losses[19] = 5;
    expect(sampled({ every: 8, firstSteps: 0 }, losses)).toEqual([0, 8, 16, ...range(19, 29), 32]);
    expect(sampled({ every: 8 }, losses)).toEqual([0, 8, 16, 24, 32]);
    const norms = steady(40);
    norms[19] = NaN;
    expect(sampled({ every: 8, firstSteps: 0 }, steady(40), { norms }).filter((step) => step > 16 && step < 32)).toContain(19);
  });

  it('keeps on taking steps of a loss that grows without end', () => {
    const losses = Array.from({ length: 64 }, (_, step) => (step < 20 ? 1 : 3 ** (step - 19)));
    expect(sampled({ every: 8, firstSteps: 0 }, losses).filter((step) => step >= 20)).toEqual(range(20, 64));
  });

  it('counts a step that is proposed twice once', () => {
    const sampling = new Sampling({ every: 8, firstSteps: 0 });
    sampling.at(0, 0, 0.1);
    const { sample } = sampling.at(1, 0, 0.1);
    const rule = sample as Exclude<typeof sample, boolean>;
    rule({ loss: 1, globalGradNorm: 1 });
    const next = sampling.at(2, 0, 0.1).sample as Exclude<typeof sample, boolean>;
    expect(next({ loss: 3, globalGradNorm: 1 })).toBe(true);
    expect(next({ loss: 3, globalGradNorm: 1 })).toBe(true);
  });
});
