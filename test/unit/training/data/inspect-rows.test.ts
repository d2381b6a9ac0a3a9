import { describe, expect, it } from 'vitest';
import { inspectRows } from '../../../../src/training/data/inspect-rows.js';

const features = ['a', 'b', 'c'].map((name) => ({ name, mean: 0, deviation: 1, min: 0, max: 1, nonFinite: 0 }));
const inspect = (rows: number[][], targets: number[]) =>
  inspectRows(
    { rows: rows.length, inputShape: [3], inputs: Float32Array.from(rows.flat()), targetShape: [1], targets: Float32Array.from(targets) },
    features,
  );

it('counts repeated rows and conflicting targets, and names repeated columns', () => {
  const rows = [[1, 2, 1], [3, 4, 3], [1, 2, 1], [1, 2, 1], [1, 2, 1]]; // prettier-ignore
  expect(inspect(rows, [0, 1, 0, 1, 1])).toMatchObject({ repeatedRows: 2, conflictingRows: 1, repeatedColumns: [{ name: 'c', of: 'a' }] });
});

it('finds nothing in different rows', () => {
  expect(inspect([[1, 2, 3], [2, 1, 3.5]], [0, 0])).toEqual({ repeatedRows: 0, conflictingRows: 0, unexplainedShare: null, repeatedColumns: [] }); // prettier-ignore
});

describe('the share of the targets that equal inputs leave unexplained', () => {
  const corners = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]; // prettier-ignore
  const times = (count: number, target: (corner: number, i: number) => number) => {
    const rows = Array.from({ length: count }, () => corners).flat();
    return inspect(rows, rows.map((_, i) => target(i % 4, Math.floor(i / 4)))).unexplainedShare; // prettier-ignore
  };
  it('is 0 where the inputs decide, whether the targets are numbers or classes', () => {
    expect(times(10, (corner) => Number(corner === 1 || corner === 2))).toBe(0);
    expect(times(10, (corner) => 2.5 * corner)).toBeCloseTo(0);
  });
  it('is about 1 where they tell nothing', () => {
    expect(times(10, (_, i) => i % 2)).toBeCloseTo(1, 0);
    expect(times(50, (corner, i) => Math.sin(7.3 * i + corner) + 100)).toBeGreaterThan(0.95);
  });
  it('counts classes as classes: a class of numbers in the middle is no mean of the others', () => {
    expect(times(10, (corner, i) => (corner < 2 ? 1 : 2 * (i % 2)))).toBeLessThan(0.5);
  });
  it('is unknown where few rows repeat inputs, and where the target is constant', () => {
    expect(inspect([[1, 2, 3], [1, 2, 3], [4, 5, 6], [7, 8, 9], [3, 2, 1]], [0, 1, 0, 1, 1]).unexplainedShare).toBeNull(); // prettier-ignore
    expect(times(10, () => 3)).toBeNull();
  });
});
