import { describe, expect, it } from 'vitest';
import type { StartEvent } from '../../../../src/telemetry/events.js';
import { emptyDashboard, receive, type RunBeside, type RunView } from '../../../../webview-ui/run/dashboard-state.js';
import { RunStore } from '../../../../webview-ui/run/run-store.js';
import { sparkPath } from '../../../../webview-ui/scales/spark.js';
import { comparisonOf } from '../../../../webview-ui/view/comparison.js';
import { configDifference } from '../../../../webview-ui/view/config-difference.js';
import { layerParting, partingOf } from '../../../../webview-ui/view/parting.js';
import { batchOf } from '../batches.js';

function storeOf(losses: readonly number[], from = 0): RunStore {
  const store = new RunStore(1);
  store.append(batchOf(losses, from));
  return store;
}
/** A loss that jumps about by some percent. */
const noisy = (step: number) => 10 * Math.exp(-step / 50) * (1 + 0.05 * Math.sin(step * 12.9898));
const steps = Array.from({ length: 100 }, (_, step) => step);

describe('where two runs part', () => {
  it('is nowhere for equal runs, rounding aside', () => {
    const a = storeOf(steps.map(noisy));
    expect(partingOf(a, storeOf(steps.map(noisy)))).toEqual({ firstDifference: null, parts: null });
    expect(partingOf(a, storeOf(steps.map((step) => noisy(step) * (1 + 1e-7))))).toEqual({ firstDifference: null, parts: null });
  });

  it('is where the gap leaves the noise for good, not where they first differ', () => {
    const grows = (step: number) => noisy(step) * (step < 20 ? 1 : 1.0003 ** (step - 20) * (step > 60 ? 3 : 1));
    const { firstDifference, parts } = partingOf(storeOf(steps.map(noisy)), storeOf(steps.map(grows)));
    expect(firstDifference).toBe(21);
    expect(parts).toBe(61);
  });

  it('is not a spike that both recover from', () => {
    const spike = (step: number) => (step === 40 ? 1e4 : noisy(step) * (1 + (step > 40 ? 1e-4 : 0)));
    expect(partingOf(storeOf(steps.map(noisy)), storeOf(steps.map(spike)))).toEqual({ firstDifference: 40, parts: null });
  });

  it('is where one of them is no number any more, also for a layer', () => {
    const breaks = steps.map((step) => (step < 70 ? noisy(step) : NaN));
    const [a, b] = [storeOf(steps.map(noisy)), storeOf(breaks)];
    expect(partingOf(a, b)).toEqual({ firstDifference: 70, parts: 70 });
    expect(layerParting(a, b, 'gradNorm', 0, 0)).toBe(70);
  });

  it('is found where the frames of one run, or of both, are thinned', () => {
    const calm = (step: number) => 2 + Math.sin(step * 12.9898) / 10;
    const parts = (step: number) => calm(step) * (step < 3000 ? 1 : 3);
    const thinned = (count: number, loss: (step: number) => number, limitBytes?: number) => {
      const store = new RunStore(1, { limitBytes });
      for (let from = 0; from < count; from += 500) store.append(batchOf(Array.from({ length: 500 }, (_, i) => loss(from + i)), from)); // prettier-ignore
      return store;
    };
    const whole = thinned(4000, calm);
    for (const count of [4000, 9000]) {
      expect(partingOf(whole, thinned(count, calm, 1))).toEqual({ firstDifference: null, parts: null });
      expect(partingOf(thinned(9000, calm, 1), thinned(count, calm, 1))).toEqual({ firstDifference: null, parts: null });
      const other = thinned(count, parts, 1);
      for (const { firstDifference, parts: at } of [partingOf(whole, other), partingOf(thinned(9000, calm, 1), other)])
        for (const step of [firstDifference, at]) expect(Math.abs((step ?? 0) - 3000)).toBeLessThanOrEqual(4 * other.framesPerRow);
    }
  });

  it('looks at common steps only', () => {
    expect(partingOf(storeOf([1, 2, 3]), storeOf([7, 8], 50))).toEqual({ firstDifference: null, parts: null });
    expect(partingOf(storeOf([1, 1, 1, 1]), storeOf([1, 9, 9], 1)).parts).toBe(2);
  });
});

describe('what two runs do not share', () => {
  it('is kept as long as the look at them, and told anew after the next one or another start', () => {
    const [run, beside] = [viewOf('a', 1, steps.map(noisy)), viewOf('b', 2, steps.map((step) => noisy(step) * (step < 70 ? 1 : 9)))]; // prettier-ignore
    const look: RunBeside = { run: beside, parting: partingOf(run.store, beside.store), rows: run.store.count };
    const first = comparisonOf(run, look);
    expect(first).toEqual({ settings: [{ path: 'seed', a: '1', b: '2' }], layers: [{ name: 'dense_1', step: 70 }] });
    expect(comparisonOf(run, look)).toBe(first);
    expect(comparisonOf(run, { ...look })).not.toBe(first);
    expect(comparisonOf({ ...run, start: { ...run.start, config: { seed: 2 } } as StartEvent }, look).settings).toEqual([]);
  });
});

function viewOf(run: string, seed: number, losses: readonly number[]): RunView {
  const state = emptyDashboard();
  const layers = [{ name: 'dense_1', type: 'dense', parameters: 3 }];
  const event = { event: 'start', run, config: { seed }, layers } as unknown as StartEvent;
  receive(state, { type: 'event', run, event }, 0);
  receive(state, { type: 'frames', run, batch: batchOf(losses) }, 0);
  return state.run as RunView;
}

describe('the difference of two configs', () => {
  it('names what changed by its path, with values in words', () => {
    const a = { training: { optimizer: { type: 'sgd', learningRate: 0.05 }, epochs: 20 }, model: { layers: [{ units: 8 }, { units: 1 }] } };
    const b = {
      training: { optimizer: { type: 'sgd', learningRate: 0.024 }, epochs: 20, gradientClip: { type: 'globalNorm', threshold: 24 } },
      model: { layers: [{ units: 16 }, { units: 1 }] },
    };
    expect(configDifference(a, b)).toEqual([
      { path: 'training.optimizer.learningRate', a: '0.05', b: '0.024' },
      { path: 'training.gradientClip', a: 'none', b: 'globalNorm, threshold 24' },
      { path: 'model.layers[0].units', a: '8', b: '16' },
    ]);
    expect(configDifference(a, structuredClone(a))).toEqual([]);
    expect(configDifference({ layers: [1, 2] }, { layers: [1] })).toEqual([{ path: 'layers', a: '1, 2', b: '1' }]);
  });
});

describe('a small curve', () => {
  it('ends where a value is no number', () => {
    const box = { width: 20, height: 10, low: 0.1, high: 1000 };
    const points: [number, number][] = [[0, 1], [1, 10], [2, NaN], [3, 1]]; // prettier-ignore
    expect(sparkPath(points, box).match(/[ML]/g)).toEqual(['M', 'L']);
    expect(sparkPath([[0, 1e9], [1, 1e-9]], box)).toBe('M1.5 1.5L18.5 8.5'); // prettier-ignore
  });
});
