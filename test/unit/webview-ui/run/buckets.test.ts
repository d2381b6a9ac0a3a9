import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ABSENT } from '../../../../src/telemetry/frame-batch.js';
import { BucketCache, Buckets, strideFor } from '../../../../webview-ui/run/buckets.js';
import { EMPTY, FINITE, INFINITE, NOT_A_NUMBER, Pyramid } from '../../../../webview-ui/run/pyramid.js';
import { RunStore } from '../../../../webview-ui/run/run-store.js';
import { batchOf } from '../batches.js';

describe('buckets', () => {
  it('keep smallest and largest value of their steps', () => {
    const buckets = new Buckets(4, 0);
    buckets.extend(Float64Array.from([0, 1, 2, 3, 4, 9]), Float64Array.from([5, 1, 9, 3, 7, 2]), 6);
    expect([...buckets.min.subarray(0, 3)]).toEqual([1, 7, 2]);
    expect([...buckets.max.subarray(0, 3)]).toEqual([9, 7, 2]);
    expect(buckets.length).toBe(3);
  });

  it('let non-finite values win over numbers and NaN over infinity, and leave out what was not measured', () => {
    const buckets = new Buckets(2, 0);
    buckets.extend(Float64Array.from([0, 1, 2, 3, 4, 6, 7]), Float64Array.from([1, Infinity, NaN, Infinity, 3, ABSENT, ABSENT]), 7);
    expect([...buckets.kind.subarray(0, 4)]).toEqual([INFINITE, NOT_A_NUMBER, FINITE, EMPTY]);
  });

  it('keep nothing before their first, so that the end of a long run costs what it shows', () => {
    const buckets = new Buckets(2, 0, 500_000);
    buckets.extend(Float64Array.from([0, 999_999, 1_000_000, 1_000_001, 1_000_003]), Float64Array.from([9, 8, 1, 2, 3]), 5);
    expect(buckets.length).toBe(2);
    expect([...buckets.max.subarray(0, 2)]).toEqual([2, 3]);
    expect(buckets.stepOf(1)).toBe(1_000_002);
  });

  it('filled in parts equal those filled at once, and the largest value survives any stride', () => {
    const series = fc.array(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 400 }), (list, width, cut) => {
        const steps = Float64Array.from(list.keys());
        const values = Float64Array.from(list);
        const stride = strideFor(list.length, width);
        const once = new Buckets(stride, 0);
        once.extend(steps, values, list.length);
        const parts = new Buckets(stride, 0);
        parts.extend(steps, values, Math.min(cut, list.length));
        parts.extend(steps, values, list.length);
        expect(parts.max).toEqual(once.max);
        expect(parts.min).toEqual(once.min);
        expect(once.length).toBeLessThanOrEqual(width);
        expect(Math.max(...once.max)).toBe(Math.max(...list));
      }),
      { seed: 1 },
    );
  });
});

const anyValue = fc.oneof(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), fc.constantFrom(NaN, Infinity, ABSENT));

it('a pyramid tells of any rows what a look at each of them tells', () => {
  fc.assert(
    fc.property(fc.array(anyValue, { minLength: 1, maxLength: 1500 }), fc.nat(), fc.nat(), fc.nat(), (list, cut, a, b) => {
      const values = Float64Array.from(list);
      const pyramid = new Pyramid(0);
      pyramid.extend(values, cut % list.length);
      pyramid.extend(values, list.length);
      const [from = 0, to = 0] = [a % (list.length + 1), b % (list.length + 1)].sort((x, y) => x - y);
      pyramid.read(from, to);
      const rows = list.slice(from, to).filter((v) => v !== ABSENT);
      const finite = rows.filter(Number.isFinite);
      expect([pyramid.low, pyramid.high]).toEqual([Math.min(...finite), Math.max(...finite)]);
      const worst = rows.some(Number.isNaN) ? NOT_A_NUMBER : rows.includes(Infinity) ? INFINITE : finite.length > 0 ? FINITE : EMPTY;
      expect(pyramid.kind).toBe(worst);
    }),
    { seed: 1 },
  );
});

it('buckets made at once from a pyramid equal those filled frame by frame, for any window', () => {
  fc.assert(
    fc.property(fc.array(anyValue, { minLength: 2, maxLength: 600 }), fc.integer({ min: 1, max: 30 }), fc.nat(), (list, width, cut) => {
      const norms = list.map((value) => (value === ABSENT ? 1 : value));
      const store = new RunStore(1);
      const from = cut % norms.length;
      const stride = strideFor(norms.length - from, width);
      store.append(batchOf(norms.slice(0, 1)));
      const grown = new BucketCache(store);
      grown.get('loss', store.series('loss'), stride, from, norms.length);
      store.append(batchOf(norms.slice(1), 1));
      const filled = grown.get('loss', store.series('loss'), stride, from, norms.length);
      const made = new BucketCache(store).get('loss', store.series('loss'), stride, from, norms.length);
      for (const part of ['min', 'max', 'logMax', 'kind'] as const)
        expect([...made[part].subarray(0, made.length)]).toEqual([...filled[part].subarray(0, filled.length)]);
    }),
    { seed: 1 },
  );
});

it('the cache follows the store and starts anew when old rows change', () => {
  const store = new RunStore(1);
  const cache = new BucketCache(store);
  store.append(batchOf([1, 2]));
  const before = cache.get('loss', store.series('loss'), 1);
  store.append(batchOf([3], 2));
  expect(cache.get('loss', store.series('loss'), 1)).toBe(before);
  expect(before.max[2]).toBe(3);
  store.append(batchOf([7], 1));
  const after = cache.get('loss', store.series('loss'), 1);
  expect([...after.max.subarray(0, after.length)]).toEqual([1, 7]);
});
