import { beforeAll, describe, expect, it } from 'vitest';
import { selectEngine } from '../../../src/training/engine/select-engine.js';
import { ENGINE_UNDER_TEST } from './engine/engine-under-test.js';
import { nativeGradientScans, nativeUpdateScans } from '../../../src/training/native-statistics.js';
import { scanGradient, scanUpdate } from '../../../src/training/probes/layer-stats.js';
import { createRandom } from '../../../src/training/random.js';
import { tf } from '../../../src/training/tf.js';

// On the native engine where there is one; its ops are those of every engine.
beforeAll(() => selectEngine(ENGINE_UNDER_TEST));

const random = createRandom(1, 'test');
const values = (length: number, scale = 1): Float32Array => Float32Array.from({ length }, (_, i) => (i % 7 === 0 ? 0 : scale * random.normal())); // prettier-ignore
const everything = 1;

describe('nativeGradientScans', () => {
  it.each([
    ['usual values', values(500)],
    ['values whose squares overflow', values(500, 1e25)],
    ['values whose squares vanish', values(500, 1e-25)],
    ['zeros', new Float32Array(50)],
    ['NaN and infinities', Float32Array.of(1, NaN, -2, Infinity, 0)],
    ['an infinity', Float32Array.of(1, -Infinity)],
  ])('equals the scan in float64: %s', (_, gradient) => {
    const [reduced] = nativeGradientScans([tf.tensor1d(gradient)], everything);
    const exact = scanGradient(gradient);
    if (Number.isFinite(exact.norm) && exact.norm > 0) expect((reduced?.norm ?? NaN) / exact.norm).toBeCloseTo(1, 5);
    else expect(reduced?.norm).toBe(exact.norm);
    expect({ ...reduced, norm: 0 }).toEqual({ ...exact, norm: 0 });
  });

  it('reduces large tensors and reads small ones, each in its place, and leaves no tensor', () => {
    const gradients = [values(10), values(500), values(20), values(600)];
    const tensors = gradients.map((gradient) => tf.tensor1d(gradient));
    const before = tf.memory().numTensors;
    const scans = nativeGradientScans(tensors, 100);
    expect(tf.memory().numTensors).toBe(before);
    scans.forEach((scan, i) => expect(scan.norm).toBeCloseTo(scanGradient(gradients[i] as Float32Array).norm, 4));
  });
});

describe('nativeUpdateScans', () => {
  it.each([
    ['usual values', 1],
    ['large ones', 1e20],
    ['small ones', 1e-20],
  ])('equals the scan in float64: %s', (_, scale) => {
    const [gradient, old, next] = [values(300, scale), values(300, scale), values(300, scale)];
    const [reduced] = nativeUpdateScans([tf.tensor1d(gradient)], [tf.tensor1d(old)], [tf.tensor1d(next)], everything);
    const exact = scanUpdate(gradient, old, next);
    for (const key of ['weight', 'update', 'dot'] as const) expect((reduced?.[key] ?? NaN) / exact[key]).toBeCloseTo(1, 4);
  });

  it('knows an update of nothing', () => {
    const same = tf.tensor1d([1, 2, 3]);
    expect(nativeUpdateScans([same], [same], [same], everything)).toEqual([{ weight: 14, update: 0, dot: 0 }]);
  });
});
