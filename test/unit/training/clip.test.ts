import { beforeAll, describe, expect, it } from 'vitest';
import { clipSchema, type ClipConfig } from '../../../src/config/training-schema.js';
import { AUTO_CLIP_START, autoClip } from '../../../src/training/auto-clip.js';
import { CLIP_START, clipGradients, type ClipItem, cutGradient } from '../../../src/training/clip.js';
import { limited, unitwise } from '../../../src/training/clip-measures.js';
import { selectEngine } from '../../../src/training/engine/select-engine.js';
import { ENGINES_HERE } from './engine/engine-under-test.js';
import { tf } from '../../../src/training/tf.js';
import { UNCUT } from '../../../src/training/update-rule.js';

function item(gradient: number[][], weight: number[][]): ClipItem {
  return { gradient: tf.tensor2d(gradient), weight: tf.tensor2d(weight), norm: Math.hypot(...gradient.flat()) };
}

function clip(type: ClipConfig['type'], threshold: number, items: ClipItem[]) {
  const result = clipGradients(clipSchema.parse({ type, threshold }), items, Math.hypot(...items.map((i) => i.norm)), CLIP_START);
  const values = items.map(({ gradient }, i) => Array.from(cutGradient(gradient, result.cuts[i] ?? UNCUT).dataSync()));
  return { ...result, values };
}

const two = () => [item([[3, 0]], [[1, 1]]), item([[0], [4]], [[1], [1]])];

describe.each(ENGINES_HERE)('clipGradients on %s', (engine) => {
  beforeAll(() => selectEngine(engine));

  it('scales all gradients to the global norm and leaves small ones alone', () => {
    const { values, norm, clipped } = clip('globalNorm', 1, two());
    expect(norm).toBe(1);
    expect(clipped).toBe(true);
    expect(values.flat().map((v) => +v.toFixed(6))).toEqual([0.6, 0, 0, 0.8]);
    const items = two();
    const small = clip('globalNorm', 5, items);
    expect(small.clipped).toBe(false);
    expect(small.cuts).toEqual([UNCUT, UNCUT]);
    expect(small.values).toEqual(items.map(({ gradient }) => Array.from(gradient.dataSync())));
  });

  it('clips each variable, each value, each unit', () => {
    expect(clip('norm', 3.5, two())).toMatchObject({ values: [[3, 0], [0, 3.5]], clipped: true, norm: Math.hypot(3, 3.5) }); // prettier-ignore
    expect(clip('value', 2, [item([[3, -3, 1]], [[1, 1, 1]])])).toMatchObject({ values: [[2, -2, 1]], norm: 3 });
    const units = clip('adaptive', 0.5, [item([[3, 0.1], [4, 0]], [[3, 3], [4, 4]])]); // prettier-ignore
    expect(units.values[0]?.map((v) => +v.toFixed(5))).toEqual([1.5, 0.1, 2, 0]);
  });

  it('keeps NaN where it is, so that trouble stays visible', () => {
    expect(clip('value', 2, [item([[NaN, 5]], [[1, 1]])]).values).toEqual([[NaN, 2]]);
    expect(clip('value', 2, [item([[-Infinity, 5]], [[1, 1]])])).toMatchObject({ values: [[-2, 2]], norm: Math.sqrt(8) });
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

describe('clipping on the kernels', () => {
  const random = (shape: [number, number], size: number) => tf.mul(tf.randomNormal(shape, 0, 1, 'float32', 7), size);
  const units: (readonly [number, number])[] = [[9, 7], [40, 1], [3, 128], [1, 5]]; // prettier-ignore

  it.each(units)('cuts and measures %i x %i as on cpu', async (rows, columns) => {
    const measure = async (engine: 'wasm' | 'cpu') => {
      await selectEngine(engine);
      return tf.tidy(() => {
        const [gradient, weight] = [random([rows, columns], 3), random([rows, columns], 0.5)];
        const cut = [limited(gradient, 2.5), unitwise(gradient, weight, 0.9)];
        return cut.map(({ cut: { limit, units: scales }, norm }) => [limit, norm, ...(scales?.dataSync() ?? [])]);
      });
    };
    const [wasm, cpu] = [await measure('wasm'), await measure('cpu')];
    wasm.forEach((values, k) => values.forEach((value, i) => expect(value).toBeCloseTo(cpu[k]?.[i] as number, 6)));
    expect(wasm.map((values) => values.length)).toEqual(cpu.map((values) => values.length));
  });
});
