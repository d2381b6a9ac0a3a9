import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/training/random.js';

const draw = (n: number, next: () => number): number[] => Array.from({ length: n }, next);
const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe('createRandom', () => {
  it('repeats itself for equal seed parts', () => {
    const a = createRandom(42, 'shuffle', 3);
    const b = createRandom(42, 'shuffle', 3);
    expect(draw(50, () => a.uniform())).toEqual(draw(50, () => b.uniform()));
    expect(draw(51, () => a.normal())).toEqual(draw(51, () => b.normal()));
  });

  it('keeps its first draws over versions, since recorded runs depend on them', () => {
    const random = createRandom(42, 'data', 'shuffle');
    expect(draw(3, () => random.uniform())).toMatchInlineSnapshot(`
      [
        0.8778646125995533,
        0.7025763896170559,
        0.6993042560185705,
      ]
    `);
  });

  it('tells types and borders of the seed parts apart', () => {
    const firsts = [
      createRandom(1, 23),
      createRandom(12, 3),
      createRandom(1, '23'),
      createRandom('1', 23),
      createRandom('a', 'b'),
      createRandom('a;s1:b'),
      createRandom(),
      createRandom(-1),
      createRandom(1),
      createRandom(0.5),
    ].map((random) => random.uniform());
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  it('gives uncorrelated streams for neighbouring seeds', () => {
    const firsts = Array.from({ length: 4000 }, (_, seed) => createRandom(seed, 'x').uniform() - 0.5);
    const lagged = firsts.slice(1).map((value, i) => value * (firsts[i] as number));
    expect(Math.abs(mean(firsts))).toBeLessThan(0.02);
    // Correlation of neighbours; its deviation over 4000 pairs is 0.016.
    expect(Math.abs(mean(lagged) * 12)).toBeLessThan(0.06);
  });

  it('draws uniforms in [0, 1) with mean 1/2 and variance 1/12', () => {
    const random = createRandom(7);
    const values = draw(200_000, () => random.uniform());
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(mean(values)).toBeCloseTo(0.5, 2);
    expect(mean(values.map((value) => (value - 0.5) ** 2))).toBeCloseTo(1 / 12, 2);
  });

  it('draws normals with mean 0, deviation 1 and kurtosis 3', () => {
    const random = createRandom(7, 'normal');
    const values = draw(200_000, () => random.normal());
    expect(mean(values)).toBeCloseTo(0, 1);
    expect(mean(values.map((value) => value ** 2))).toBeCloseTo(1, 1);
    expect(mean(values.map((value) => value ** 4))).toBeCloseTo(3, 0);
  });

  it('draws every integer below n about equally often', () => {
    const random = createRandom(3);
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < 50_000; i++) {
      const value = random.integer(5);
      counts[value] = (counts[value] ?? 0) + 1;
    }
    expect(counts).toHaveLength(5);
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
    expect(() => random.integer(0)).toThrow(RangeError);
    expect(() => random.integer(NaN)).toThrow(RangeError);
    expect(random.integer(1)).toBe(0);
  });

  it('shuffles in place into each order about equally often', () => {
    const random = createRandom(5);
    const orders = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = random.shuffle(Int32Array.of(0, 1, 2)).join('');
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(6);
    for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
    const words = ['a', 'b', 'c', 'd'];
    expect(random.shuffle(words)).toBe(words);
    expect([...words].sort()).toEqual(['a', 'b', 'c', 'd']);
  });
});
