import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBatches, decodeFrames, encodeFrames, selectFrames } from '../../../src/telemetry/frame-batch.js';
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

describe('FrameRing', () => {
  it('keeps everything while there is room', () => {
    const ring = new FrameRing(1);
    for (let i = 0; i < 100; i++) ring.append(encodeFrames([frameAt(2 * i, 1), frameAt(2 * i + 1, 2)], 1));
    expect(ring.count).toBe(200);
    const steps = ring.snapshot()?.step;
    expect(Array.from(steps ?? [])).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });

  it('stays within its bound, keeps first to last in order, and never loses the loudest frame', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 5, maxLength: 40 }), fc.nat(), (sizes, pick) => {
        const limit = 600 * 8 * (8 + 8);
        const ring = new FrameRing(1, limit);
        const total = sizes.reduce((sum, n) => sum + n, 0);
        const loud = pick % total;
        let step = 0;
        for (const size of sizes) {
          ring.append(encodeFrames(Array.from({ length: size }, () => frameAt(step, step++ === loud ? NaN : 1)), 1)); // prettier-ignore
          expect(ring.bytes).toBeLessThanOrEqual(limit);
        }
        const kept = Array.from(ring.snapshot()?.step ?? []);
        expect(kept).toHaveLength(ring.count);
        expect(kept).toEqual([...kept].sort((a, b) => a - b));
        expect(kept).toContain(loud);
        expect(kept.at(-1)).toBe(total - 1);
        expect(kept[0]).toBeLessThan(total / 2 + 1);
      }),
      { numRuns: 30 },
    );
  });

  it('refuses frames of another net', () => {
    expect(() => new FrameRing(1).append(encodeFrames([], 2))).toThrow(RangeError);
  });
});
