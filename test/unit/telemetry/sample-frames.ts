import fc from 'fast-check';
import type { Frame, LayerStats } from '../../../src/telemetry/events.js';

/** Any number a frame can hold: signed zero is left out, JSON has none. */
export const figure = fc.double().map((x) => (Object.is(x, -0) ? 0 : x));
const share = fc.option(fc.double({ min: 0, max: 1, noNaN: true }).map(Math.abs), { nil: undefined });

const stats: fc.Arbitrary<LayerStats> = fc
  .record({ gradNorm: figure, maxAbs: figure, nonFinite: fc.nat(), zeros: fc.nat(), weightNorm: figure, updateRatio: figure, dead: share, saturated: share })
  .map(({ dead, saturated, ...rest }) => ({ ...rest, ...(dead === undefined ? {} : { dead }), ...(saturated === undefined ? {} : { saturated }) })); // prettier-ignore

export function anyFrame(layerCount: number): fc.Arbitrary<Frame> {
  return fc.record({
    step: fc.nat(),
    epoch: fc.nat(),
    loss: figure,
    learningRate: figure,
    globalGradNorm: figure,
    clippedGradNorm: figure,
    overshoot: fc.option(
      figure.filter((x) => x !== -1),
      { nil: null },
    ),
    risk: fc.double({ min: 0, max: 1, noNaN: true }).map(Math.abs),
    riskEvidence: fc.array(fc.record({ name: fc.string(), value: figure, limit: figure }), { maxLength: 2 }),
    layers: fc.array(stats, { minLength: layerCount, maxLength: layerCount }),
  });
}

/** A plain frame of one layer whose gradient norm is given. */
export function frameAt(step: number, globalGradNorm: number): Frame {
  const layer = { gradNorm: globalGradNorm, maxAbs: 1, nonFinite: 0, zeros: 0, weightNorm: 1, updateRatio: 0.001 };
  return {
    step,
    epoch: 0,
    loss: 1,
    learningRate: 0.1,
    globalGradNorm,
    clippedGradNorm: globalGradNorm,
    overshoot: null,
    risk: 0,
    riskEvidence: [],
    layers: [layer],
  };
}
