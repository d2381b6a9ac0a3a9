import { describe, expect, it } from 'vitest';
import { optimizerSchema, scheduleSchema } from '../../../src/config/training-schema.js';
import { createLearningRate } from '../../../src/training/schedule.js';

const sgd = optimizerSchema.parse({ type: 'sgd', learningRate: 0.1 });
const rate = (schedule: unknown) => createLearningRate(sgd, scheduleSchema.parse(schedule));

describe('learning rate schedules', () => {
  it('stay constant without one', () => {
    expect(createLearningRate(sgd, undefined).at(1000)).toBe(0.1);
  });

  it('follow their formulas', () => {
    expect(rate({ type: 'exponential', decayRate: 0.5, decaySteps: 10 }).at(5)).toBeCloseTo(0.1 * Math.SQRT1_2, 12);
    expect(rate({ type: 'exponential', decayRate: 0.5, decaySteps: 10, staircase: true }).at(19)).toBeCloseTo(0.05, 12);
    expect(rate({ type: 'cosine', decaySteps: 100, minimum: 0.02 }).at(50)).toBeCloseTo(0.06, 12);
    expect(rate({ type: 'cosine', decaySteps: 100, minimum: 0.02 }).at(500)).toBeCloseTo(0.02, 12);
    expect(rate({ type: 'step', factor: 0.1, everySteps: 3 }).at(6)).toBeCloseTo(0.001, 12);
    expect(rate({ type: 'inverseTime', decayRate: 1, decaySteps: 10 }).at(10)).toBeCloseTo(0.05, 12);
    expect(rate({ type: 'polynomial', decaySteps: 10, end: 0, power: 2 }).at(5)).toBeCloseTo(0.025, 12);
    expect(rate({ type: 'polynomial', decaySteps: 10, end: 0.01 }).at(11)).toBeCloseTo(0.01, 12);
  });

  it('rise linearly over the warm-up and count the decay from its end', () => {
    const warm = rate({ type: 'exponential', decayRate: 0.5, decaySteps: 1, warmupSteps: 4 });
    expect([0, 1, 2, 3, 4, 5].map((step) => warm.at(step))).toEqual([0.025, 0.05, 0.1 * 0.75, 0.1, 0.1, 0.05]);
  });

  it('fall when the loss stops falling, down to the minimum', () => {
    const plateau = rate({ type: 'reduceOnPlateau', factor: 0.5, patience: 2, minimum: 0.04 });
    plateau.epochEnd(1);
    plateau.epochEnd(1);
    expect(plateau.at(0)).toBe(0.1);
    plateau.epochEnd(NaN);
    expect(plateau.at(0)).toBe(0.05);
    plateau.epochEnd(0.5);
    plateau.epochEnd(0.6);
    expect(plateau.at(0)).toBe(0.05);
    plateau.epochEnd(0.6);
    expect(plateau.at(0)).toBeCloseTo(0.04, 12);
    for (let i = 0; i < 9; i++) plateau.epochEnd(1);
    expect(plateau.at(0)).toBeCloseTo(0.04, 12);
  });

  it('take in the decay of adamax', () => {
    const adamax = createLearningRate(optimizerSchema.parse({ type: 'adamax', learningRate: 0.1, decay: 0.5 }), undefined);
    expect(adamax.at(2)).toBeCloseTo(0.05, 12);
  });
});
