import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ABSENT, encodeFrames, type FrameBatch } from '../../../../src/telemetry/frame-batch.js';
import { FrameRing, keptOf, type KeptFrames } from '../../../../src/telemetry/frame-ring.js';
import { otherMetrics, PAGE_METRICS, PAGE_SERIES, pageFrames, type PageMetric } from '../../../../src/telemetry/page-frames.js';
import type { RunSnapshot } from '../../../../src/telemetry/page-protocol.js';
import { emptyDashboard, receive } from '../../../../webview-ui/run/dashboard-state.js';
import { RunStore } from '../../../../webview-ui/run/run-store.js';
import { anyFrame } from '../../telemetry/sample-frames.js';
import { batchOf, frameOf } from '../batches.js';

const LAYERS = 2;
const parameters = [40, 8];

/** All that a store holds, column by column. */
function contentOf(store: RunStore): unknown {
  const rows = (column: Float64Array | Float32Array) => [...column.subarray(0, store.count)];
  return {
    step: rows(store.step),
    epoch: rows(store.epoch),
    net: PAGE_SERIES.map((name) => rows(store.series(name))),
    layers: PAGE_METRICS.map((metric) => Array.from({ length: store.layerCount }, (_, l) => rows(store.layer(metric, l)))),
    thinned: store.thinned,
    framesPerRow: store.framesPerRow,
    evidence: store.evidence,
  };
}

function appended(batch: FrameBatch): RunStore {
  const store = new RunStore(batch.layerCount, { parameters });
  store.append(batch);
  return store;
}

function taken(kept: KeptFrames, metric: PageMetric): RunStore {
  const store = new RunStore(kept.layerCount, { parameters });
  store.takeSnapshot(pageFrames(kept, metric, parameters));
  for (const columns of otherMetrics(kept, metric, parameters)) store.takeMetric(columns);
  return store;
}

describe('a snapshot in pieces', () => {
  it('is in the end what the frames themselves are, whatever comes first, and goes on like them', () => {
    const frames = fc.array(anyFrame(LAYERS), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(frames, frames, fc.constantFrom(...PAGE_METRICS), fc.nat(12), (list, later, metric, cut) => {
        const rising = [...list, ...later].map((frame, step) => ({ ...frame, step }));
        const first = rising.slice(0, list.length);
        const pieces = [first.slice(0, cut), first.slice(cut)].filter((piece) => piece.length > 0);
        const kept = { ...keptOf(encodeFrames(first, LAYERS)), batches: pieces.map((piece) => encodeFrames(piece, LAYERS)) };
        const [one, other] = [taken(kept, metric), appended(encodeFrames(first, LAYERS))];
        expect(contentOf(one)).toEqual(contentOf(other));
        const next = encodeFrames(rising.slice(list.length), LAYERS);
        for (const store of [one, other]) store.append(next);
        expect(contentOf(one)).toEqual(contentOf(other));
      }),
      { numRuns: 60 },
    );
  });

  it('of a thinned run says which rows are thinned', () => {
    const ring = new FrameRing(1, 1);
    for (let from = 0; from < 3000; from += 250) ring.append(batchOf(new Array<number>(250).fill(from), from));
    const [kept, all] = [ring.kept(), ring.snapshot()];
    if (kept === null || all === null) throw new Error('The ring is empty.');
    expect(kept.thinned).toBeGreaterThan(0);
    expect(contentOf(taken(kept, 'dead'))).toEqual(contentOf(appended(all)));
  });

  it('shows the newest row of every metric at once, older ones once they are there, under another name', () => {
    const kept = keptOf(batchOf([1, 2, 3]));
    const store = new RunStore(1);
    store.takeSnapshot(pageFrames(kept, 'gradNorm', parameters));
    const norms = () => [...store.layer('weightNorm', 0).subarray(0, 3)];
    expect(norms()).toEqual([ABSENT, ABSENT, 2]);
    const name = store.layerKey('weightNorm', 0);
    const shown = store.layerKey('gradNorm', 0);
    for (const columns of otherMetrics(kept, 'gradNorm', parameters)) store.takeMetric(columns);
    expect(norms()).toEqual([2, 2, 2]);
    expect(store.layerKey('weightNorm', 0)).not.toBe(name);
    expect(store.layerKey('gradNorm', 0)).toBe(shown);
    expect(store.revision).toBe(0);
  });

  it('refuses frames of another net, and rows that are not those of the snapshot', () => {
    expect(() => new RunStore(2).takeSnapshot(pageFrames(keptOf(batchOf([1])), 'dead', parameters))).toThrow(RangeError);
    const store = new RunStore(1);
    store.takeSnapshot(pageFrames(keptOf(batchOf([1, 2])), 'gradNorm', parameters));
    for (const columns of otherMetrics(keptOf(batchOf([1, 2, 3])), 'gradNorm', parameters)) store.takeMetric(columns);
    expect(store.layer('weightNorm', 0)[0]).toBe(ABSENT);
  });

  it('reaches the run on show and the one beside it', () => {
    const state = emptyDashboard();
    const snapshot = (run: string, norms: number[]): [RunSnapshot, KeptFrames] => {
      const kept = keptOf(encodeFrames(norms.map((norm, step) => frameOf(step, norm)), 1)); // prettier-ignore
      const rest = { config: '', state: 'running', start: null, epochs: [], findings: [], fixes: [], end: null } as const;
      return [{ run, ...rest, epochs: [], findings: [], fixes: [], frames: pageFrames(kept, 'gradNorm', parameters) }, kept];
    };
    const [a, keptA] = snapshot('a', [1, 2]);
    const [b, keptB] = snapshot('b', [5, 6, 7]);
    receive(state, { type: 'snapshot', version: 1, snapshot: a, configs: [], history: [], trusted: true }, 0);
    for (const columns of otherMetrics(keptA, 'gradNorm', parameters)) receive(state, { type: 'metric', run: 'a', ...columns }, 0);
    receive(state, { type: 'compare', snapshot: b }, 0);
    for (const columns of otherMetrics(keptB, 'gradNorm', parameters)) receive(state, { type: 'metric', run: 'b', ...columns }, 0);
    const ratios = (store: RunStore | undefined) => [...(store?.layer('updateRatio', 0).subarray(0, store.count) ?? [])];
    expect(ratios(state.run?.store)).toEqual([1, 2].map((norm) => Math.fround(norm / 100)));
    expect(ratios(state.run?.beside?.run.store)).toEqual([5, 6, 7].map((norm) => Math.fround(norm / 100)));
  });
});
