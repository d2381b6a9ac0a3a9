import { describe, expect, it } from 'vitest';
import { scanGradient, scanUpdate } from '../../../../src/training/probes/layer-stats.js';

const lengths = [0, 1, 3, 4, 5, 1023];
const values = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => (i % 7 === 0 ? 0 : Math.sin(i) * 3));

describe('scanGradient', () => {
  it.each(lengths)('equals plain sums over %i entries', (length) => {
    const gradient = values(length);
    const scan = scanGradient(gradient);
    expect(scan.norm).toBeCloseTo(Math.hypot(...gradient), 9);
    expect(scan.maxAbs).toBe(gradient.reduce((max, v) => Math.max(max, Math.abs(v)), 0));
    expect(scan.zeros).toBe(gradient.filter((v) => v === 0).length);
    expect(scan.nonFinite).toBe(0);
  });

  it('does not overflow at the largest numbers', () => {
    const gradient = new Float32Array(1000).fill(3.4e38);
    expect(scanGradient(gradient).norm / (Math.fround(3.4e38) * Math.sqrt(1000))).toBeCloseTo(1, 9);
    expect(scanGradient(new Float32Array(4).fill(1e20)).norm / 2e20).toBeCloseTo(1, 6);
    expect(scanGradient(gradient).nonFinite).toBe(0);
  });

  it('does not lose small entries beside many: float64', () => {
    expect(scanGradient(new Float32Array(4_000_000).fill(0.1)).norm).toBeCloseTo(200, 5);
  });

  it.each([0, 5, 8])('counts what is not finite at place %i and passes it on', (place) => {
    const gradient = values(9);
    gradient[place] = -Infinity;
    expect(scanGradient(gradient)).toMatchObject({ nonFinite: 1, norm: Infinity, maxAbs: Infinity });
    gradient[place] = NaN;
    gradient[2] = Infinity;
    expect(scanGradient(gradient)).toMatchObject({ nonFinite: 2, norm: NaN, maxAbs: NaN });
  });
});

describe('scanUpdate', () => {
  it.each(lengths)('equals plain sums over %i entries', (length) => {
    const [gradient, before, after] = [values(length), values(length).map((v) => v + 1), values(length).map((v) => v / 2)];
    const scan = scanUpdate(gradient, before, after);
    const sum = (f: (i: number) => number): number => Array.from(before).reduce((total, _, i) => total + f(i), 0);
    expect(scan.weight).toBeCloseTo(sum((i) => (before[i] as number) ** 2), 6); // prettier-ignore
    expect(scan.update).toBeCloseTo(sum((i) => ((after[i] as number) - (before[i] as number)) ** 2), 6); // prettier-ignore
    expect(scan.dot).toBeCloseTo(sum((i) => (gradient[i] as number) * ((after[i] as number) - (before[i] as number))), 6); // prettier-ignore
  });
});
