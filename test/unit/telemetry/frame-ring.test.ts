import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  concatBatches,
  decodeFrames,
  emptyBatch,
  encodeFrames,
  frameBytes,
  LAYER_METRICS,
  METRIC_COUNT,
  selectFrames,
  type FrameBatch,
} from '../../../src/telemetry/frame-batch.js';
import { FrameRing } from '../../../src/telemetry/frame-ring.js';
import { anyFrame, frameAt } from './sample-frames.js';

describe('frame batches', () => {
  it('carry any frames unchanged, joined and selected', () => {
    fc.assert(
      fc.property(fc.array(anyFrame(2), { maxLength: 5 }), fc.array(anyFrame(2), { maxLength: 5 }), (a, b) => {
        expect(decodeFrames(encodeFrames(a, 2))).toEqual(a);
        const joined = concatBatches([encodeFrames(a, 2), encodeFrames(b, 2)]);
        expect(decodeFrames(joined)).toEqual([...a, ...b]);
        const odd = [...a, ...b].map((_, i) => i).filter((i) => i % 2 === 1);
        expect(decodeFrames(selectFrames(joined, odd))).toEqual(odd.map((i) => [...a, ...b][i]));
      }),
    );
  });
});

/** Frames of a net at rest, cheaper than one by one. */
function calmBatch(from: number, count: number, layers: number): FrameBatch {
  const batch = emptyBatch(count, layers);
  for (let i = 0; i < count; i++) batch.step[i] = from + i;
  batch.layers.fill(1);
  batch.loss.fill(1);
  return batch;
}

describe('FrameRing', () => {
  it('keeps everything while there is room', () => {
    const ring = new FrameRing(1);
    for (let i = 0; i < 100; i++) ring.append(encodeFrames([frameAt(2 * i, 1), frameAt(2 * i + 1, 2)], 1));
    expect(ring.count).toBe(200);
    const steps = ring.snapshot()?.step;
    expect(Array.from(steps ?? [])).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });

  it('stays within its bound, goes from first to last in order, and keeps the newest quarter at least as it came', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 5, maxLength: 40 }), (sizes) => {
        const limit = 600 * frameBytes(1);
        const ring = new FrameRing(1, limit);
        const total = sizes.reduce((sum, n) => sum + n, 0);
        let step = 0;
        for (const size of sizes) {
          ring.append(encodeFrames(Array.from({ length: size }, () => frameAt(step++, 1)), 1)); // prettier-ignore
          expect(ring.bytes).toBeLessThanOrEqual(limit);
        }
        const { step: steps = new Float64Array(), thinned = 0 } = ring.snapshot() ?? {};
        const kept = [...steps];
        expect(kept).toHaveLength(ring.count);
        expect(kept).toEqual([...kept].sort((a, b) => a - b));
        expect(kept[0]).toBe(0);
        const newest = kept.slice(thinned);
        expect(newest.length).toBeGreaterThanOrEqual(Math.min(total, 150));
        expect(newest).toEqual(newest.map((_, i) => total - newest.length + i));
      }),
      { numRuns: 30 },
    );
  });

  it('keeps a spike of any series of any layer near its step, however often it is thinned', () => {
    const layers = 3;
    const total = 12_000;
    const places = fc.array(fc.record({ step: fc.nat(total - 1), layer: fc.nat(layers - 1), value: fc.constantFrom(NaN, Infinity, 1e6) }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(places, fc.nat(LAYER_METRICS.length - 1), fc.integer({ min: 300, max: 900 }), (spikes, metric, size) => {
        const ring = new FrameRing(layers, 1);
        const place = (row: number, layer: number) => (row * layers + layer) * METRIC_COUNT + metric;
        for (let from = 0; from < total; from += size) {
          const batch = calmBatch(from, Math.min(size, total - from), layers);
          for (const { step, layer, value } of spikes)
            if (step >= from && step < from + batch.count) batch.layers[place(step - from, layer)] = value;
          ring.append(batch);
        }
        const kept = ring.snapshot();
        expect(kept?.count).toBeLessThanOrEqual(512);
        const near = 2 * (kept?.framesPerRow ?? 1);
        for (const { step, layer, value } of spikes) {
          // Of two spikes of one stretch the one that counts as larger is kept.
          const loud = (kept: number) => Object.is(kept, value) || Number.isNaN(kept) || kept > value;
          const found = [...(kept?.step ?? [])].some(
            (at, row) => Math.abs(at - step) <= near && loud(kept?.layers[place(row, layer)] ?? 0),
          );
          expect(found).toBe(true);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('keeps the smallest value of a stretch too, and the newest evidence', () => {
    const ring = new FrameRing(1, 1);
    for (let from = 0; from < 4000; from += 250) {
      const batch = calmBatch(from, 250, 1);
      if (from === 500) batch.loss[77] = 1e-9;
      if (from === 750) batch.riskEvidence.push({ index: 3, evidence: [{ name: 'norm growth per step', value: 1.1, limit: 1.02 }] });
      ring.append(batch);
    }
    const kept = ring.snapshot();
    expect(kept?.loss).toContain(1e-9);
    expect(kept?.riskEvidence.map(({ evidence }) => evidence[0]?.value)).toEqual([1.1]);
    const place = kept?.riskEvidence[0]?.index ?? 0;
    expect(Math.abs((kept?.step[place] ?? 0) - 753)).toBeLessThanOrEqual(2 * (kept?.framesPerRow ?? 1));
  });

  it('replaces the steps from where a run went back, thinned ones too', () => {
    const ring = new FrameRing(1, 1);
    for (let from = 0; from < 3000; from += 250) ring.append(calmBatch(from, 250, 1));
    ring.append(encodeFrames([frameAt(2900, 7), frameAt(2901, 8), frameAt(2901, 9)], 1));
    expect([...(ring.snapshot()?.step ?? [])].slice(-2)).toEqual([2900, 2901]);
    expect(ring.snapshot()?.globalGradNorm.at(-1)).toBe(9);
    ring.append(encodeFrames([frameAt(100, 5)], 1));
    const kept = ring.snapshot();
    expect(kept?.step.at(-1)).toBe(100);
    expect(kept?.thinned).toBe((kept?.count ?? 0) - 1);
  });

  it('takes what another ring has kept as it is, and goes on from there', () => {
    const ring = new FrameRing(1, 1);
    for (let from = 0; from < 3000; from += 250) ring.append(calmBatch(from, 250, 1));
    const kept = ring.snapshot() ?? calmBatch(0, 1, 1);
    const copy = new FrameRing(1, 1);
    copy.append(kept);
    expect(copy.snapshot()).toEqual(kept);
    ring.append(calmBatch(3000, 250, 1));
    copy.append(calmBatch(3000, 250, 1));
    expect(copy.snapshot()).toEqual(ring.snapshot());
  });

  it('refuses frames of another net', () => {
    expect(() => new FrameRing(1).append(encodeFrames([], 2))).toThrow(RangeError);
  });
});
