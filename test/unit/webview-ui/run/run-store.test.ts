import { describe, expect, it } from 'vitest';
import { ABSENT, encodeFrames } from '../../../../src/telemetry/frame-batch.js';
import { FrameRing } from '../../../../src/telemetry/frame-ring.js';
import { RunStore } from '../../../../webview-ui/run/run-store.js';
import type { Column } from '../../../../src/telemetry/thin-rows.js';
import { batchOf, frameOf } from '../batches.js';

const values = (store: RunStore, column: Column) => [...column.subarray(0, store.count)];

describe('a run store', () => {
  it('appends batches to its columns, non-finite values included', () => {
    const store = new RunStore(1);
    store.append(batchOf([1, 2]));
    store.append(batchOf([Infinity, NaN], 2));
    expect(values(store, store.series('globalGradNorm'))).toEqual([1, 2, Infinity, NaN]);
    expect(values(store, store.layer('gradNorm', 0))).toEqual([1, 2, Infinity, NaN]);
    expect(values(store, store.step)).toEqual([0, 1, 2, 3]);
    expect(store.lastStep).toBe(3);
    expect(store.revision).toBe(0);
  });

  it('grows past its first capacity', () => {
    const store = new RunStore(2);
    store.append(
      batchOf(
        Array.from({ length: 3000 }, (_, i) => i),
        0,
        2,
      ),
    );
    expect(store.count).toBe(3000);
    expect(store.layer('gradNorm', 1)[2999]).toBe(2999);
  });

  it('replaces the steps from where a run went back', () => {
    const store = new RunStore(1);
    store.append(batchOf([1, 2, 3, 4]));
    store.append(batchOf([30, 40], 2));
    expect(values(store, store.series('loss'))).toEqual([1, 2, 30, 40]);
    expect(store.revision).toBe(1);
    store.append(batchOf([9]));
    expect(values(store, store.series('loss'))).toEqual([9]);
  });

  it('stays within its memory and keeps the spikes', () => {
    const store = new RunStore(1, { limitBytes: 1 });
    const norms = Array.from({ length: 5000 }, (_, i) => (i === 77 ? 1e6 : i === 4500 ? NaN : 1 + (i % 3)));
    store.append(batchOf(norms));
    expect(store.count).toBeLessThanOrEqual(512);
    const kept = values(store, store.series('globalGradNorm'));
    expect(kept).toContain(1e6);
    expect(kept.some(Number.isNaN)).toBe(true);
    expect(store.lastStep).toBe(4999);
    const steps = values(store, store.step);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
  });

  it('keeps the spikes of every layer and net series, however often it is thinned, and the newest rows as they came', () => {
    const layers = 3;
    const store = new RunStore(layers, { limitBytes: 1 });
    const total = 12_000;
    const spikes = [5, 777, 5432, 11_000];
    for (let from = 0; from < total; from += 500) {
      const frames = Array.from({ length: 500 }, (_, i) => frameOf(from + i, 1, layers));
      frames.forEach((frame) => {
        const spike = spikes.indexOf(frame.step);
        // Each spike is in one layer only, so that no frame is loud as a whole.
        frame.layers = frame.layers.map((stats, l) => (spike >= 0 && l === spike % layers ? { ...stats, gradNorm: 100 + spike } : stats));
      });
      store.append(encodeFrames(frames, layers));
    }
    expect(store.count).toBeLessThanOrEqual(512);
    spikes.forEach((step, i) => {
      const column = store.layer('gradNorm', i % layers);
      const row = values(store, column).indexOf(100 + i);
      expect(row).toBeGreaterThanOrEqual(0);
      expect(Math.abs((store.step[row] as number) - step)).toBeLessThanOrEqual(2 * store.framesPerRow);
    });
    const newest = [...store.step.subarray(store.thinned, store.count)];
    expect(newest.length).toBeGreaterThanOrEqual(128);
    expect(newest).toEqual(newest.map((_, i) => total - newest.length + i));
  });

  it('knows which rows the host has thinned, and thins on from there', () => {
    const ring = new FrameRing(1, 1);
    for (let from = 0; from < 3000; from += 250) ring.append(batchOf(new Array<number>(250).fill(from === 500 ? 40 : 1), from));
    const kept = ring.snapshot();
    if (kept?.thinned === undefined) throw new Error('The ring was not full.');
    const store = new RunStore(1, { limitBytes: 1 });
    store.append(kept);
    expect([store.thinned, store.framesPerRow]).toEqual([kept.thinned, kept.framesPerRow]);
    store.append(batchOf(new Array<number>(700).fill(1), 3000));
    expect(values(store, store.series('loss'))).toContain(40);
    const newest = values(store, store.step).slice(store.thinned);
    expect(newest).toEqual(newest.map((_, i) => 3700 - newest.length + i));
  });

  it('spreads its memory over the whole run, not over its end', () => {
    const store = new RunStore(1, { limitBytes: 1 });
    for (let from = 0; from < 20_000; from += 1000) store.append(batchOf(new Array<number>(1000).fill(1), from));
    const firstHalf = store.rowsBefore(10_000);
    expect(firstHalf).toBeGreaterThanOrEqual(60);
  });

  it('tells zeros as a share of the weights, and no finite number as infinite', () => {
    const store = new RunStore(1, { parameters: [40] });
    const frame = frameOf(0, 1e39);
    frame.layers = frame.layers.map((stats) => ({ ...stats, zeros: 10 }));
    store.append(encodeFrames([frame], 1));
    expect(store.layer('zeros', 0)[0]).toBe(0.25);
    expect(store.layer('gradNorm', 0)[0]).toBeCloseTo(3.4e38, -37);
    expect(store.series('globalGradNorm')[0]).toBe(1e39);
  });

  it('goes back within one batch', () => {
    const store = new RunStore(1);
    store.append(encodeFrames([frameOf(0, 1), frameOf(1, 2), frameOf(2, 3), frameOf(1, 20)], 1));
    expect(values(store, store.series('loss'))).toEqual([1, 20]);
  });

  it('repeats a share at the steps where it was not measured', () => {
    const store = new RunStore(1);
    store.append(encodeFrames([frameOf(0, 1), frameOf(1, 1, 1, 0.25), frameOf(2, 1)], 1));
    expect(values(store, store.layer('dead', 0))).toEqual([ABSENT, 0.25, 0.25]);
  });

  it('finds the row of a step, also between samples and before the first', () => {
    const store = new RunStore(1);
    expect(store.rowAt(5)).toBe(-1);
    store.append(encodeFrames([frameOf(10, 1), frameOf(20, 1), frameOf(30, 1)], 1));
    expect([5, 10, 19, 20, 99].map((step) => store.rowAt(step))).toEqual([0, 0, 0, 1, 2]);
  });

  it('refuses frames of another net', () => {
    expect(() => new RunStore(2).append(batchOf([1]))).toThrow(RangeError);
  });
});
