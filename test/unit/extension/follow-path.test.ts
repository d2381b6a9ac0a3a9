import { describe, expect, it } from 'vitest';
import { followPath } from '../../../src/extension/follow-path.js';

const dense = (units: number) => ({ type: 'dense', units });
const config = {
  model: { layers: [dense(64), dense(32), dense(32), dense(1)] },
  training: { optimizer: { type: 'sgd', learningRate: 0.01 } },
};
const withLayers = (...layers: unknown[]) => ({ ...config, model: { layers } });

describe('followPath', () => {
  it('keeps a path whose value was edited', () => {
    const now = { ...config, training: { optimizer: { type: 'sgd', learningRate: 0.5 } } };
    const path = ['training', 'optimizer', 'learningRate'];
    expect(followPath(config, now, path)).toEqual(path);
  });

  it('keeps a path that stands for a default in both', () => {
    expect(followPath(config, config, ['training', 'gradientClip'])).toEqual(['training', 'gradientClip']);
    expect(followPath(config, config, ['data', 'scale', 'inputs'])).toEqual(['data', 'scale', 'inputs']);
  });

  it('gives up where the key was removed', () => {
    expect(followPath(config, { ...config, training: {} }, ['training', 'optimizer', 'learningRate'])).toBeNull();
  });

  it('follows a layer past one inserted above it', () => {
    const now = withLayers({ type: 'dropout', rate: 0.5 }, dense(64), dense(32), dense(32), dense(1));
    expect(followPath(config, now, ['model', 'layers', 3, 'units'])).toEqual(['model', 'layers', 4, 'units']);
  });

  it('tells equal layers apart by their order', () => {
    const now = withLayers(dense(64), dense(8), dense(32), dense(32), dense(1));
    expect(followPath(config, now, ['model', 'layers', 2])).toEqual(['model', 'layers', 3]);
  });

  it('follows two layers that changed places', () => {
    const now = withLayers(dense(1), dense(32), dense(32), dense(64));
    expect(followPath(config, now, ['model', 'layers', 0])).toEqual(['model', 'layers', 3]);
  });

  it('stays at a layer edited in place', () => {
    const now = withLayers(dense(64), dense(32), dense(32), { type: 'dense', units: 1, activation: 'softmax' });
    expect(followPath(config, now, ['model', 'layers', 3, 'activation'])).toEqual(['model', 'layers', 3, 'activation']);
  });

  it('gives up where one of two equal layers is gone', () => {
    expect(followPath(config, withLayers(dense(64), dense(32), dense(1)), ['model', 'layers', 1])).toBeNull();
  });

  it('gives up where the layer is gone', () => {
    expect(followPath(config, withLayers(dense(32), dense(32), dense(1)), ['model', 'layers', 0])).toBeNull();
  });
});
