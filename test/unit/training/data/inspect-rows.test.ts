import { expect, it } from 'vitest';
import { inspectRows } from '../../../../src/training/data/inspect-rows.js';

const features = ['a', 'b', 'c'].map((name) => ({ name, mean: 0, deviation: 1, min: 0, max: 1, nonFinite: 0 }));
const inspect = (rows: number[][], targets: number[]) =>
  inspectRows(
    { rows: rows.length, inputShape: [3], inputs: Float32Array.from(rows.flat()), targetShape: [1], targets: Float32Array.from(targets) },
    features,
  );

it('counts repeated rows and conflicting targets, and names repeated columns', () => {
  const rows = [[1, 2, 1], [3, 4, 3], [1, 2, 1], [1, 2, 1], [1, 2, 1]]; // prettier-ignore
  expect(inspect(rows, [0, 1, 0, 1, 1])).toEqual({ repeatedRows: 2, conflictingRows: 1, repeatedColumns: [{ name: 'c', of: 'a' }] });
});

it('finds nothing in different rows', () => {
  expect(inspect([[1, 2, 3], [2, 1, 3.5]], [0, 0])).toEqual({ repeatedRows: 0, conflictingRows: 0, repeatedColumns: [] }); // prettier-ignore
});
