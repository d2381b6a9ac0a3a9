import { describe, expect, it } from 'vitest';
import { LossTrend } from '../../../src/diagnosis/loss-trend.js';
import { createRandom } from '../../../src/training/random.js';

/** Noise of deviation 0.35, as batches of 32 rows of a regression have. */
function follow(mean: (i: number) => number, frames: number, seed = 1, deviation = 0.35): LossTrend {
  const random = createRandom(seed, 'noise');
  const trend = new LossTrend(1);
  for (let i = 0; i < frames; i++) trend.update(Math.max(0.01, mean(i) + deviation * random.normal()));
  return trend;
}

describe('whether the loss has fallen', () => {
  it('is not decided by lucky batches: a run that stands still has learned nothing', () => {
    for (let seed = 1; seed <= 20; seed++) {
      expect(follow(() => 0.98, 400, seed).hasLearned).toBe(false);
      // An untrained net can stand below the trivial predictor.
      expect(follow(() => 0.9, 400, seed).hasLearned).toBe(false);
    }
  });
  it('is seen through the same noise once it falls to half', () => {
    for (let seed = 1; seed <= 20; seed++) expect(follow((i) => 0.4 + 0.6 * 0.98 ** i, 300, seed).hasLearned).toBe(true);
  });
  it('is seen at once without noise', () => {
    expect(follow((i) => 0.98 ** i, 40, 1, 0).hasLearned).toBe(true);
  });
  it('rests on whole epochs, too: what single batches cannot show', () => {
    const calm = follow((i) => (i < 8 ? 1 : 0.9), 12, 1, 0.01);
    calm.updateEpoch(0.7, 100);
    expect(calm.hasLearned).toBe(true);
  });
  it('tells a loss that is falling from one that fell to what guessing gives and stays there', () => {
    const stopped = (i: number) => 1 + 9 * 0.8 ** i;
    expect(follow(stopped, 500, 1, 0.01).isFalling(0.9)).toBe(false);
    expect(follow(stopped, 500, 1, 0.01).hasFallen(0.9)).toBe(true);
    expect(follow((i) => 10 * 0.99 ** i, 200, 1, 0.01).isFalling(0.9)).toBe(true);
  });
});
