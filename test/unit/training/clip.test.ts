import { beforeAll, describe, expect, it } from 'vitest';
import { clipSchema, type ClipConfig } from '../../../src/config/training-schema.js';
import { AUTO_CLIP_START, autoClip } from '../../../src/training/auto-clip.js';
import { CLIP_START, clipGradients, type ClipItem } from '../../../src/training/clip.js';
import { selectEngine } from '../../../src/training/engine/select-engine.js';
import { ENGINE_UNDER_TEST } from './engine/engine-under-test.js';
import { tf } from '../../../src/training/tf.js';

beforeAll(() => selectEngine(ENGINE_UNDER_TEST));

function item(gradient: number[][], weight: number[][]): ClipItem {
  const flat = gradient.flat();
  return {
    gradient: tf.tensor2d(gradient),
    weight: tf.tensor2d(weight),
    norm: Math.hypot(...flat),
    maxAbs: Math.max(...flat.map(Math.abs)),
    nonFinite: flat.filter((value) => !Number.isFinite(value)).length,
  };
}

function clip(type: ClipConfig['type'], threshold: number, items: ClipItem[]) {
  const result = clipGradients(clipSchema.parse({ type, threshold }), items, Math.hypot(...items.map((i) => i.norm)), CLIP_START);
  const values = result.gradients.map((gradient, i) => Array.from(gradient.dataSync(), (value) => value * (result.scales[i] ?? NaN)));
  return { ...result, values };
}

const two = () => [item([[3, 0]], [[1, 1]]), item([[0], [4]], [[1], [1]])];

describe('clipGradients', () => {
  it('scales all gradients to the global norm and leaves small ones alone', () => {
    const { values, norm, clipped } = clip('globalNorm', 1, two());
    expect(norm).toBe(1);
    expect(clipped).toBe(true);
    expect(values.flat().map((v) => +v.toFixed(6))).toEqual([0.6, 0, 0, 0.8]);
    const items = two();
    const small = clip('globalNorm', 5, items);
    expect(small.clipped).toBe(false);
    expect(small.gradients).toEqual(items.map((i) => i.gradient));
  });

  it('clips each variable, each value, each unit', () => {
    expect(clip('norm', 3.5, two())).toMatchObject({ values: [[3, 0], [0, 3.5]], clipped: true, norm: Math.hypot(3, 3.5) }); // prettier-ignore
    expect(clip('value', 2, [item([[3, -3, 1]], [[1, 1, 1]])])).toMatchObject({ values: [[2, -2, 1]], norm: 3 });
    const units = clip('adaptive', 0.5, [item([[3, 0.1], [4, 0]], [[3, 3], [4, 4]])]); // prettier-ignore
    expect(units.values[0]?.map((v) => +v.toFixed(5))).toEqual([1.5, 0.1, 2, 0]);
  });

  it('keeps NaN where it is, so that trouble stays visible', () => {
    expect(clip('value', 2, [item([[NaN, 5]], [[1, 1]])]).values).toEqual([[NaN, 2]]);
    expect(clip('globalNorm', 1, [item([[Infinity, 1]], [[1, 1]])])).toMatchObject({ clipped: false, norm: Infinity });
    expect(clip('adaptive', 1, [item([[NaN, 1]], [[1, 1]])]).values).toEqual([[NaN, 1]]);
  });
});

describe('autoClip', () => {
  const warm = () => {
    let state = AUTO_CLIP_START;
    for (let i = 0; i < 25; i++) {
      const next = autoClip(state, i % 2 === 0 ? 0.9 : 1.1, 2.5);
      expect(next.limit).toBe(Infinity);
      state = next.state;
    }
    return state;
  };

  it('learns for 25 updates and then limits a spike to mean + threshold^2 sigma / z', () => {
    const state = warm();
    const sigma = Math.sqrt(state.spread);
    expect(state.mean).toBeCloseTo(0.996, 3);
    expect(sigma).toBeCloseTo(0.0999, 3);
    expect(autoClip(state, 1.1, 2.5).limit).toBe(Infinity);
    const z = (5 - state.mean) / sigma;
    const spike = autoClip(state, 5, 2.5);
    expect(spike.limit).toBeCloseTo(state.mean + (6.25 * sigma) / z, 12);
    expect(spike.state.mean).toBeLessThan(1.01);
  });

  it('is taught nothing by a gradient that is not finite', () => {
    const state = warm();
    expect(autoClip(state, NaN, 2.5)).toEqual({ limit: Infinity, state });
  });
});
