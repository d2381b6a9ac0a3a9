import { describe, expect, it } from 'vitest';
import { namesOf, rowEvidence, unusualRows } from '../../../src/diagnosis/batch-rows.js';

const batch = (losses: number[], first: number | null = 100) => ({
  rows: () => losses.map((loss, row) => ({ row, sample: first === null ? null : first + row, loss })),
});

describe('the unusual rows of a batch', () => {
  it('are those far above the median, largest first, three at most', () => {
    const found = unusualRows(batch([1, 9, 1, 1, 50, 1, 1, 7, 8, 1, 1, 1]));
    expect(found?.rows.map(({ row }) => row)).toEqual([4, 1, 8]);
    expect(found?.median).toBe(1);
  });

  it('are those without a number, where others have one', () => {
    expect(unusualRows(batch([1, NaN, 900, Infinity, 1]))?.rows.map(({ row }) => row)).toEqual([1, 3]);
  });

  it('are none where the batch is bad as a whole, even, or not at hand', () => {
    expect(unusualRows(batch([NaN, NaN]))).toBeNull();
    expect(unusualRows(batch([1, NaN, NaN]))).toBeNull();
    expect(unusualRows(batch([1, 2, 3, 4]))).toBeNull();
    expect(unusualRows(batch([]))).toBeNull();
    expect(unusualRows({})).toBeNull();
  });

  it('are named in words and numbers', () => {
    const found = unusualRows(batch([1, 1, 1, 80]));
    expect(found && namesOf(found)).toBe('row 3 of the batch (training row 103)');
    expect(found && rowEvidence(found)).toEqual({
      'median loss of the rows': 1,
      'batch row 1': 3,
      'training row 1': 103,
      'loss of row 1': 80,
    });
    const unknown = unusualRows(batch([1, 1, 1, 1, 80, 90], null));
    expect(unknown && namesOf(unknown)).toBe('rows 5, 4 of the batch');
  });
});
