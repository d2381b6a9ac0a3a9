import { describe, expect, it } from 'vitest';
import type { LossType } from '../../../../src/config/training-schema.js';
import { baseline } from '../../../../src/training/data/baseline.js';
import { prepare } from './prepare.js';

async function baselineOf(y: unknown[], type: LossType, extra: object = {}) {
  const data = await prepare({ inline: { x: y.map((_, i) => i), y: y }, ...extra }, type);
  return baseline(data, { type, fromLogits: false });
}

const values = [0, 1, 2, 3, 14];
const losses: Partial<Record<LossType, (d: number) => number>> = {
  meanSquaredError: (d) => d * d,
  meanAbsoluteError: Math.abs,
  huber: (d) => (Math.abs(d) <= 1 ? 0.5 * d * d : Math.abs(d) - 0.5),
  logCosh: (d) => Math.log(Math.cosh(d)),
};

describe('baseline', () => {
  it.each(Object.entries(losses) as [LossType, (d: number) => number][])('%s: no constant does better', async (type, loss) => {
    const at = (constant: number): number => values.reduce((sum, y) => sum + loss(y - constant), 0) / values.length;
    const constants = Array.from({ length: 1401 }, (_, i) => i / 100);
    const best = Math.min(...constants.map(at));
    const { loss: found, accuracy } = await baselineOf(values, type);
    expect(found).toBeLessThanOrEqual(best + 1e-9);
    expect(found).toBeGreaterThan(best - 0.01);
    expect(accuracy).toBeUndefined();
  });

  it.each([
    ['categoricalCrossentropy', ['a', 'b', 'b', 'b'], -(0.25 * Math.log(0.25) + 0.75 * Math.log(0.75)), 0.75],
    ['sparseCategoricalCrossentropy', ['a', 'b', 'c', 'b'], -(0.5 * Math.log(0.25) + 0.5 * Math.log(0.5)), 0.5],
    ['binaryCrossentropy', [0, 1, 1, 1], -(0.25 * Math.log(0.25) + 0.75 * Math.log(0.75)), 0.75],
    ['hinge', [0, 1, 1, 1], 0.5, 0.75],
    ['meanSquaredError', ['a', 'b', 'b', 'b'], 0.1875, 0.75],
  ] as const)('%s of %j', async (type, y, loss, accuracy) => {
    const found = await baselineOf([...y], type);
    expect(found.loss).toBeCloseTo(loss, 6);
    expect(found.accuracy).toBeCloseTo(accuracy, 6);
  });

  it('averages over outputs, and adds up over classes', async () => {
    expect((await baselineOf([[0, 0], [2, 20]], 'meanSquaredError')).loss).toBeCloseTo((1 + 100) / 2, 6); // prettier-ignore
    expect((await baselineOf([[1, 0], [0, 1]], 'categoricalCrossentropy')).loss).toBeCloseTo(Math.LN2, 6); // prettier-ignore
    const labels = await baselineOf([[1, 1], [0, 1], [1, 1], [0, 0]], 'binaryCrossentropy'); // prettier-ignore
    expect(labels.loss).toBeCloseTo((Math.LN2 + 0.5623) / 2, 3);
    expect(labels.accuracy).toBeCloseTo((0.5 + 0.75) / 2, 6);
    const steps = [[[1, 0], [0, 1]], [[0, 1], [1, 0]]]; // prettier-ignore
    expect((await baselineOf(steps, 'categoricalCrossentropy')).loss).toBeCloseTo(Math.LN2, 6);
  });

  it('is taken on the training rows, in scaled units', async () => {
    const y = [0, 2, 0, 2, 1000];
    expect((await baselineOf(y, 'meanSquaredError', { validationSplit: 0.2 })).loss).toBeCloseTo(1, 6);
    expect((await baselineOf([0, 20, 0, 20], 'meanSquaredError', { scale: { target: 'standard' } })).loss).toBeCloseTo(1, 6);
  });
});
