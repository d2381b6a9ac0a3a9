import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFrames, encodeFrames, METRIC_COUNT } from '../../../src/telemetry/frame-batch.js';
import { framesFromBytes, framesToBytes } from '../../../src/telemetry/frame-bytes.js';
import { thinFrames } from '../../../src/telemetry/thin-frames.js';
import { anyFrame, frameAt } from './sample-frames.js';

/** Relative distance of two figures; 0 for two NaN or two equal infinities. */
const apart = (a: number, b: number) => (Object.is(a, b) || a === b ? 0 : Math.abs(a - b) / Math.max(Math.abs(a), Number.MIN_VALUE));
const SINGLE_PRECISION = 2 ** -23;

describe('frames as bytes', () => {
  it('come back in single precision with the range of a double, steps exactly', () => {
    fc.assert(
      fc.property(fc.array(anyFrame(2), { maxLength: 6 }), (frames) => {
        const before = encodeFrames(frames, 2);
        const after = framesFromBytes(framesToBytes(before));
        expect([...after.step]).toEqual([...before.step]);
        expect(after.layerCount).toBe(2);
        for (const name of ['loss', 'learningRate', 'globalGradNorm', 'clippedGradNorm', 'overshoot', 'risk', 'layers'] as const)
          before[name].forEach((value, i) => {
            const back = after[name][i] as number;
            // Below the smallest normal number there is no relative precision left to keep.
            if (Math.abs(value) > 1e-300 || !Number.isFinite(value)) expect(apart(value, back)).toBeLessThanOrEqual(SINGLE_PRECISION);
          });
        expect(after.riskEvidence.map((e) => e.evidence)).toEqual(
          before.riskEvidence.slice(-1).map((e) => e.evidence).filter((evidence) => evidence.length > 0),
        ); // prettier-ignore
      }),
    );
  });

  it('are refused where they are cut short', () => {
    const bytes = framesToBytes(encodeFrames([frameAt(0, 1), frameAt(1, 2)], 1));
    expect(() => framesFromBytes(bytes.subarray(0, bytes.length - 1))).toThrow(RangeError);
  });
});

describe('thinning by smallest and largest values', () => {
  it('leaves short runs alone', () => {
    const batch = encodeFrames([frameAt(0, 1), frameAt(1, 2)], 1);
    expect(thinFrames(batch, 2)).toBe(batch);
  });

  it('keeps both ends and every kind of spike, within the limit, in order', () => {
    const count = 5000;
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: count - 2 }), { minLength: 5, maxLength: 5 }),
        ([up, down, norm, broken, quiet]) => {
          const frames = Array.from({ length: count }, (_, step) => frameAt(step, 1 + (step % 7) / 10));
          const batch = encodeFrames(frames, 1);
          batch.loss[up as number] = 1e9;
          batch.loss[down as number] = 1e-9;
          batch.globalGradNorm[norm as number] = 1e12;
          batch.globalGradNorm[broken as number] = NaN;
          batch.layers[(quiet as number) * METRIC_COUNT] = 1e6;
          const thin = thinFrames(batch, 500);
          const steps = [...thin.step];
          expect(thin.count).toBeLessThanOrEqual(502);
          for (const step of [0, up, down, norm, broken, quiet, count - 1]) expect(steps).toContain(step);
          expect(steps).toEqual([...steps].sort((a, b) => a - b));
          expect(decodeFrames(thin)).toEqual(steps.map((step) => decodeFrames(batch)[step]));
        },
      ),
      { numRuns: 5 },
    );
  });
});
