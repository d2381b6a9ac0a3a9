import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame, RunEvent } from '../../../src/telemetry/events.js';
import { encodeFrames } from '../../../src/telemetry/frame-batch.js';
import { FrameLines } from '../../../src/telemetry/frame-lines.js';
import { decodeLine, encodeEvent } from '../../../src/telemetry/json-lines.js';
import { decodeLog } from '../../../src/telemetry/log-reader.js';
import { anyFrame, figure, frameAt } from './sample-frames.js';

const encodeFrame = (frame: Frame, layerNames: readonly string[]): string =>
  new TextDecoder().decode(new FrameLines(layerNames).encode(encodeFrames([frame], frame.layers.length))).trimEnd();

const names = ['dense_Dense1', '__proto__', '7'];
const start: RunEvent = {
  event: 'start',
  schema: 1,
  run: 'r',
  config: { note: 'NaN', training: { epochs: 1 } },
  engine: 'wasm',
  engineReason: 'asked for',
  layers: names.map((name) => ({ name, type: 'dense', parameters: 3 })),
  parameters: 9,
  samples: { train: 8, validation: 2 },
  baseline: { loss: Infinity, accuracy: 0.5 },
  seed: 42,
};

describe('JSON lines', () => {
  it('writes a frame in the form of the contract', () => {
    const frame = { ...frameAt(3, Infinity), loss: NaN, overshoot: -Infinity };
    expect(JSON.parse(encodeFrame(frame, ['a']))).toEqual({
      event: 'frame', step: 3, epoch: 0, loss: 'NaN', learningRate: 0.1, globalGradNorm: 'Infinity', clippedGradNorm: 'Infinity',
      overshoot: '-Infinity', risk: 0, riskEvidence: [],
      layers: { a: { gradNorm: 'Infinity', maxAbs: 1, nonFinite: 0, zeros: 0, weightNorm: 1, updateRatio: 0.001 } },
    }); // prettier-ignore
  });

  it('reads back any frame as it was', () => {
    fc.assert(
      fc.property(anyFrame(names.length), (frame) => {
        const line = encodeFrame(frame, names);
        expect(line).not.toContain('\n');
        expect(decodeLine(line, names)).toEqual({ event: 'frame', ...frame });
      }),
    );
  });

  it('keeps non-finite figures of events and leaves the config alone', () => {
    expect(decodeLine(encodeEvent(start), [])).toEqual(start);
    fc.assert(
      fc.property(fc.dictionary(fc.string(), figure), figure, (metrics, loss) => {
        const event: RunEvent = { event: 'epoch', epoch: 0, loss, metrics, validation: { loss, metrics } };
        expect(decodeLine(encodeEvent(event), [])).toEqual(event);
      }),
    );
  });

  it('reads a log whose last line was cut off anywhere', () => {
    const log = [encodeEvent(start), encodeFrame({ ...frameAt(0, 1), layers: names.flatMap(() => frameAt(0, 1).layers) }, names), ''].join(
      '\n',
    );
    const last = encodeEvent({ event: 'state', state: 'running', step: 1 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: last.length - 1 }), (length) => {
        const record = decodeLog(log + last.slice(0, length));
        expect(record.truncated).toBe(true);
        expect(record.entries.map((entry) => entry.event)).toEqual(['start', 'frame']);
      }),
    );
    expect(decodeLog(log + last).entries).toHaveLength(3);
    expect(() => decodeLog('{"event"\n' + last)).toThrow(/Line 1/);
  });
});
