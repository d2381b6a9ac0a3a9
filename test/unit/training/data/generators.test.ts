import { describe, expect, it } from 'vitest';
import type { ConfigInput } from '../../../../src/config/config-schema.js';
import { faultOf, prepare } from './prepare.js';

type Generator = NonNullable<ConfigInput['data']['generator']>;
interface Row {
  x: number[];
  y: number;
}

async function rows(generator: Generator): Promise<Row[]> {
  const { train } = await prepare({ generator });
  const width = train.inputs.length / train.rows;
  return Array.from({ length: train.rows }, (_, r) => ({
    x: [...train.inputs.subarray(r * width, (r + 1) * width)],
    y: train.targets[r] as number,
  }));
}
const at = (row: Row, j: number): number => row.x[j] as number;
const radius = (row: Row): number => Math.hypot(...row.x);

const ALL: Generator[] = [
  { name: 'circles', samples: 101, noise: 0.1 },
  { name: 'blobs', samples: 50, features: 3 },
  { name: 'moons', samples: 51, noise: 0.1 },
  { name: 'spiral', samples: 50, classes: 3, noise: 0.1 },
  { name: 'xor' },
  { name: 'linear', from: 0, to: 5, noise: 1 },
  { name: 'polynomial', from: 0, to: 5, noise: 1 },
  { name: 'regression', samples: 20 },
  { name: 'uniform', samples: 20 },
  { name: 'squares', samples: 20 },
  { name: 'adding', samples: 20 },
  { name: 'randomLabels', samples: 20 },
];

describe('generators', () => {
  it.each(ALL)('$name gives the same rows for the same seed, others for another', async (generator) => {
    const [a, b, c] = [await rows({ ...generator, seed: 5 }), await rows({ ...generator, seed: 5 }), await rows({ ...generator, seed: 6 })];
    expect(a).toEqual(b);
    if (generator.name !== 'xor') expect(a).not.toEqual(c);
  });

  it('circles: radius 1 is class 0, `factor` is class 1', async () => {
    const data = await rows({ name: 'circles', samples: 11, factor: 0.5 });
    expect(data).toHaveLength(11);
    for (const row of data) expect(radius(row)).toBeCloseTo(row.y === 0 ? 1 : 0.5, 6);
    expect(data.filter((row) => row.y === 0)).toHaveLength(6);
    expect(new Set(data.map((row) => `${at(row, 0).toFixed(4)} ${at(row, 1).toFixed(4)}`)).size).toBe(11);
  });

  it('blobs: every class around a centre of its own', async () => {
    const data = await rows({ name: 'blobs', samples: 3000, centers: 3, features: 2, std: 0.5, spread: 10, seed: 3 });
    for (const label of [0, 1, 2]) {
      const blob = data.filter((row) => row.y === label);
      expect(blob).toHaveLength(1000);
      for (const j of [0, 1]) {
        const mean = blob.reduce((sum, row) => sum + at(row, j), 0) / blob.length;
        const variance = blob.reduce((sum, row) => sum + (at(row, j) - mean) ** 2, 0) / blob.length;
        expect(Math.abs(mean)).toBeLessThan(10.1);
        expect(Math.sqrt(variance)).toBeCloseTo(0.5, 1);
      }
    }
  });

  it('moons: two half circles', async () => {
    for (const { x, y } of await rows({ name: 'moons', samples: 21 })) {
      const [a, b] = x as [number, number];
      if (y === 0) expect([Math.hypot(a, b), Math.sign(b + 1e-6)]).toEqual([expect.closeTo(1, 6), 1]);
      else expect([Math.hypot(a - 1, b - 0.5), Math.sign(0.5 - b + 1e-6)]).toEqual([expect.closeTo(1, 6), 1]);
    }
  });

  it('spiral: arms from the centre to radius 1, turned against each other', async () => {
    const data = await rows({ name: 'spiral', samples: 40, classes: 4, turns: 2 });
    for (const [i, row] of data.entries()) {
      expect(row.y).toBe(i % 4);
      expect(radius(row)).toBeCloseTo(Math.floor(i / 4) / 9, 6);
    }
    const ends = data.slice(-4).map((row) => Math.atan2(at(row, 1), at(row, 0)));
    ends.forEach((angle, label) => expect(Math.cos(angle - (Math.PI / 2) * label)).toBeCloseTo(1, 6));
  });

  it('xor: the four rows repeat', async () => {
    expect(await rows({ name: 'xor', rows: 6 })).toEqual(
      [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0], [0, 0, 0], [0, 1, 1]].map(([a, b, y]) => ({ x: [a, b], y })),
    ); // prettier-ignore
  });

  it('linear and polynomial: both ends included, whatever the rounding of the step', async () => {
    const line = await rows({ name: 'linear', from: 1, to: 24, slope: 1, intercept: 2 });
    expect(line).toEqual(Array.from({ length: 24 }, (_, i) => ({ x: [i + 1], y: i + 3 })));
    const curve = await rows({ name: 'polynomial', from: 0, to: 4.9, step: 0.1, degree: 2, coefficient: 5 });
    expect(curve).toHaveLength(50);
    expect(at(curve[49] as Row, 0)).toBeCloseTo(4.9, 6);
    expect(curve[49]?.y).toBeCloseTo(5 * 4.9 ** 2, 3);
  });

  it('linear: noise of the given deviation', async () => {
    const noisy = await rows({ name: 'linear', from: 1, to: 5000, noise: 3 });
    const variance = noisy.reduce((sum, row) => sum + (row.y - at(row, 0)) ** 2, 0) / noisy.length;
    expect(Math.sqrt(variance)).toBeCloseTo(3, 0);
  });

  it('regression: Gaussian features; the target is linear plus sin(2 x0), times targetScale', async () => {
    const [plain, scaled] = [
      await rows({ name: 'regression', samples: 4, features: 1 }),
      await rows({ name: 'regression', samples: 4, features: 1, targetScale: 1000 }),
    ];
    const weight = plain.map((row) => (row.y - Math.sin(2 * at(row, 0))) / at(row, 0));
    weight.forEach((w) => expect(w).toBeCloseTo(weight[0] as number, 4));
    plain.forEach((row, i) => expect(scaled[i]?.y).toBeCloseTo(1000 * row.y, 2));
  });

  it('uniform: the range, the coefficients and the intercept', async () => {
    const data = await rows({ name: 'uniform', samples: 200, features: 2, low: -1, high: 3, coefficients: [2, -1], intercept: 5 });
    for (const row of data) {
      expect(Math.min(...row.x)).toBeGreaterThanOrEqual(-1);
      expect(Math.max(...row.x)).toBeLessThan(3);
      expect(row.y).toBeCloseTo(2 * at(row, 0) - at(row, 1) + 5, 4);
    }
    expect(Math.max(...data.map((row) => at(row, 0)))).toBeGreaterThan(2.5);
  });

  it('squares: two squares apart', async () => {
    for (const { x, y } of await rows({ name: 'squares', samples: 100 })) {
      for (const value of x) {
        expect(value).toBeGreaterThanOrEqual(y === 0 ? 0.199 : 0.499);
        expect(value).toBeLessThanOrEqual(y === 0 ? 0.401 : 0.701);
      }
    }
  });

  it('adding: two marked steps, one in each half, whose values add up to the target', async () => {
    const { train } = await prepare({ generator: { name: 'adding', samples: 50, length: 7 } });
    expect(train.inputShape).toEqual([7, 2]);
    for (const { x, y } of await rows({ name: 'adding', samples: 50, length: 7 })) {
      const marked = [0, 1, 2, 3, 4, 5, 6].filter((t) => x[2 * t + 1] === 1);
      expect([marked.length, (marked[0] as number) < 3, (marked[1] as number) >= 3]).toEqual([2, true, true]);
      expect(marked.reduce((sum, t) => sum + (x[2 * t] as number), 0)).toBeCloseTo(y, 6);
    }
  });

  it('randomLabels: labels have nothing to do with the inputs', async () => {
    const data = await rows({ name: 'randomLabels', samples: 4000, features: 1, classes: 2 });
    const mean = (label: number): number => {
      const part = data.filter((row) => row.y === label);
      return part.reduce((sum, row) => sum + at(row, 0), 0) / part.length;
    };
    expect(Math.abs(mean(0) - mean(1))).toBeLessThan(0.04);
  });

  it.each([
    [{ name: 'linear', from: 2, to: 1 }, ['data', 'generator', 'to']],
    [{ name: 'linear', from: 0, to: 1e12, step: 1e-3 }, ['data', 'generator', 'step']],
    [{ name: 'circles', samples: 1e9 }, ['data', 'generator', 'samples']],
    [{ name: 'blobs', centers: 1e9 }, ['data', 'generator', 'centers']],
    [{ name: 'xor', rows: 1e9 }, ['data', 'generator', 'rows']],
    [{ name: 'uniform', features: 2, coefficients: [1] }, ['data', 'generator', 'coefficients']],
    [{ name: 'uniform', low: 2, high: 1 }, ['data', 'generator', 'low']],
    [{ name: 'adding', length: 1 }, ['data', 'generator', 'length']],
  ] satisfies [Generator, unknown][])('refuses %j', async (generator, place) => {
    expect(await faultOf(prepare({ generator }))).toMatchObject({ code: 'config-invalid', path: place });
  });

  it('refuses values beyond float32 and keys that pick columns', async () => {
    const huge = await faultOf(prepare({ generator: { name: 'polynomial', from: 0, to: 10, degree: 300 } }));
    expect(huge).toMatchObject({ code: 'data-invalid', path: ['data', 'generator'] });
    const features = await faultOf(prepare({ generator: { name: 'xor' }, features: ['x0'] }));
    expect(features).toMatchObject({ code: 'config-invalid', path: ['data', 'features'] });
  });
});
