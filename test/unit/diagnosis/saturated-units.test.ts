import { describe, expect, it } from 'vitest';
import { diagnose, makeConfig, makeFrame, makeLayer, makeReport, makeStart } from './builders.js';

const config = makeConfig([{ type: 'dense', units: 8, activation: 'tanh' }, { type: 'dense', units: 1 }]); // prettier-ignore
const probes = new Set([0, 1, 2, 4, 8, 16, 32, 64, 128]);
const run = (saturated: number, loss: (step: number) => number, index = 0) =>
  Array.from({ length: 250 }, (_, step) => {
    const share = probes.has(step) ? { saturated } : {};
    return makeFrame(step, { loss: loss(step), layers: [makeLayer(index === 0 ? share : {}), makeLayer(index === 1 ? share : {})] });
  });
const found = (frames: ReturnType<typeof run>, features?: { mean: number }) => {
  const column = { name: 'x', mean: features?.mean ?? 0, deviation: 1, min: 0, max: 0, nonFinite: 0 };
  return diagnose(config, makeStart(), makeReport({ features: [column] }), frames).filter((f) => f.id === 'saturated-units');
};

describe('saturated-units', () => {
  it('warns once, of the layer, where most activations stand at their limits and nothing is learned', () => {
    expect(found(run(1, () => 1))).toMatchObject([{ severity: 'warning', layer: 'dense_1', at: ['model', 'layers', 0], step: 59 }]);
  });
  it('waits for half of the run where some units still have a slope', () => {
    expect(found(run(0.9, () => 1))).toMatchObject([{ severity: 'warning', layer: 'dense_1', step: 200 }]);
  });
  it('is silent below the limit, while the loss falls, and about the output', () => {
    expect(found(run(0.4, () => 1))).toEqual([]);
    expect(found(run(0.9, (step) => 0.98 ** step))).toEqual([]);
    expect(found(run(0.9, () => 1, 1))).toEqual([]);
  });
  it('puts it down to raw inputs where they are', () => {
    expect(found(run(0.9, () => 1), { mean: 200 })[0]).toMatchObject({ cause: 'inputs not scaled', at: ['data'] }); // prettier-ignore
  });
});
