import { describe, expect, it } from 'vitest';
import { faultOf, prepare, rowsOf } from './prepare.js';

const counting = (n: number) => ({ inline: { x: Array.from({ length: n }, (_, i) => i), y: Array.from({ length: n }, (_, i) => 10 * i) } });
const sorted = (values: Iterable<number>): number[] => [...values].sort((a, b) => a - b);

describe('rows', () => {
  it('keeps the last floor(rows * validationSplit) rows for validation', async () => {
    const { train, validation } = await prepare({ ...counting(11), validationSplit: 0.3 });
    expect([...train.inputs]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect([...(validation?.inputs ?? [])]).toEqual([8, 9, 10]);
    expect([...(validation?.targets ?? [])]).toEqual([80, 90, 100]);
  });

  it('has no validation where the share is less than a row', async () => {
    const { train, validation } = await prepare({ ...counting(4), validationSplit: 0.2 });
    expect([train.rows, validation]).toEqual([4, null]);
  });

  it('keeps a row for training whatever the share', async () => {
    expect((await prepare({ ...counting(3), validationSplit: 0.999 })).train.rows).toBe(1);
  });

  it('shuffles before the split, the same way for the same seed', async () => {
    const data = { ...counting(50), shuffle: true, validationSplit: 0.2 };
    const [a, b, c] = await Promise.all([42, 42, 43].map((seed) => prepare(data, 'meanSquaredError', { seed })));
    expect(a?.train.inputs).toEqual(b?.train.inputs);
    expect(a?.train.inputs).not.toEqual(c?.train.inputs);
    expect(sorted([...(a?.train.inputs ?? []), ...(a?.validation?.inputs ?? [])])).toEqual(Array.from({ length: 50 }, (_, i) => i));
    a?.train.inputs.forEach((x, i) => expect(a.train.targets[i]).toBe(10 * x));
  });

  it('takes `limit` rows after the shuffle', async () => {
    expect([...(await prepare({ ...counting(20), limit: 3 })).train.inputs]).toEqual([0, 1, 2]);
    const { train, validation } = await prepare({ ...counting(20), limit: 10, shuffle: true, validationSplit: 0.2 });
    expect([train.rows, validation?.rows]).toEqual([8, 2]);
    expect(sorted(train.inputs)).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect((await prepare({ ...counting(5), limit: 100 })).train.rows).toBe(5);
  });
});

describe('scale', () => {
  it('fits on the training rows only, in and out separately', async () => {
    const inline = { x: [[1, 7], [3, 7], [100, 8]], y: [10, 30, 500] }; // prettier-ignore
    const { train, validation, features, targets } = await prepare({
      inline,
      validationSplit: 0.34,
      scale: { inputs: 'standard', target: 'minmax' },
    });
    expect(rowsOf(train.inputs, 2)).toEqual([
      [-1, 0],
      [1, 0],
    ]);
    expect([...train.targets]).toEqual([0, 1]);
    // Deviation 1 for the constant column: 8 is 1 above its mean.
    expect(rowsOf(validation?.inputs ?? new Float32Array(), 2)).toEqual([[98, 1]]);
    expect([...(validation?.targets ?? [])]).toEqual([24.5]);
    expect(features[0]).toMatchObject({ name: 'x0', mean: 0, deviation: 1, min: -1, max: 1 });
    expect(targets[0]).toMatchObject({ mean: 0.5, deviation: 0.5, classes: null });
  });

  it('multiplies by the factor first', async () => {
    const inline = { x: [0, 51, 255], y: [1, 2, 3] };
    expect([...(await prepare({ inline, factor: 0.5 })).train.inputs]).toEqual([0, 25.5, 127.5]);
    const minmax = await prepare({ inline, factor: -2, scale: 'minmax' });
    expect(rowsOf(minmax.train.inputs, 1).flat()).toEqual([1, 0.8, 0]);
  });

  it('leaves one-hot and boolean columns alone', async () => {
    const inline = { x: [['a', true, 1], ['b', false, 3]], y: [1, 2] }; // prettier-ignore
    const { train } = await prepare({ inline, scale: 'standard', factor: 10 });
    expect(rowsOf(train.inputs, 4)).toEqual([
      [1, 0, 1, -1],
      [0, 1, 0, 1],
    ]);
  });

  it('keeps the digits of large values that differ little', async () => {
    const inline = { x: [1e9, 1e9 + 1, 1e9 + 2], y: [1, 2, 3] };
    const { train } = await prepare({ inline, scale: 'standard' });
    expect(rowsOf(train.inputs, 1).flat()).toEqual([-1.2247, 0, 1.2247]);
  });

  it('scales filled columns to deviation 1 as well', async () => {
    const inline = { x: [0, null, 6, null], y: [1, 2, 3, 4] };
    const { features } = await prepare({ inline, scale: 'standard', missing: 'mean' });
    expect(features[0]?.mean).toBeCloseTo(0, 6);
    expect(features[0]?.deviation).toBeCloseTo(1, 6);
  });

  it('refuses a factor that overflows float32', async () => {
    expect(await faultOf(prepare({ ...counting(3), factor: 1e300 }))).toMatchObject({ code: 'data-invalid', path: ['data', 'factor'] });
  });

  it('sums up more than 256 columns as one entry', async () => {
    const x = [0, 1].map((value) => Array.from({ length: 300 }, () => value));
    const { features } = await prepare({ inline: { x, y: [1, 2] } });
    expect(features).toEqual([{ name: 'all inputs', mean: 0.5, deviation: 0.5, min: 0, max: 1, nonFinite: 0 }]);
  });
});
