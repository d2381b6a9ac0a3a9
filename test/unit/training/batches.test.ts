import { describe, expect, it } from 'vitest';
import { BatchSource } from '../../../src/training/batches.js';
import type { Batch } from '../../../src/training/stepper.js';

const ROWS = 11;
const dataset = {
  rows: ROWS,
  inputShape: [3],
  inputs: Float32Array.from({ length: ROWS * 3 }, (_, i) => i),
  targetShape: [1],
  targets: Float32Array.from({ length: ROWS }, (_, i) => -i),
};

const numbersOf = ({ rows, inputs, targets, samples }: Batch): unknown => ({
  rows,
  inputs: [...inputs],
  targets: [...targets],
  samples: [...(samples ?? [])],
});

describe('the batches of an epoch', () => {
  it('hold every row once, with its target', () => {
    const batches = [...new BatchSource(dataset, 4, true, 7).epoch(2)];
    expect(batches.map(({ rows }) => rows)).toEqual([4, 4, 3]);
    expect(batches.flatMap(({ samples }) => [...(samples ?? [])]).sort((a, b) => a - b)).toEqual([...Array(ROWS).keys()]);
    for (const { inputs, targets, samples } of batches)
      samples?.forEach((row, i) =>
        expect([...inputs.subarray(3 * i, 3 * i + 3), targets[i]]).toEqual([3 * row, 3 * row + 1, 3 * row + 2, -row]),
      );
  });

  it.each([0, 1, 2])('are the same in passing, from batch %i on', (first) => {
    const source = new BatchSource(dataset, 4, true, 7);
    const kept = [...source.epoch(1, first)].map(numbersOf);
    expect(kept).toHaveLength(3 - first);
    expect(Array.from(source.passing(1, first), numbersOf)).toEqual(kept);
  });

  it('take the same memory in passing, that of nobody else', () => {
    const source = new BatchSource(dataset, 4, true, 7);
    const own = [...source.epoch(0)];
    const before = own.map(numbersOf);
    const buffers = [...source.passing(0), ...source.passing(1)].map(({ inputs }) => inputs.buffer);
    expect(new Set(buffers).size).toBe(1);
    expect(own.map(numbersOf)).toEqual(before);
  });
});
