import { beforeAll, describe, expect, it } from 'vitest';
import { configSchema } from '../../../../src/config/config-schema.js';
import { selectEngine } from '../../../../src/training/engine/select-engine.js';
import { buildModel } from '../../../../src/training/model/build-model.js';
import { tf } from '../../../../src/training/tf.js';

beforeAll(() => selectEngine('wasm'));

/** What is noted when the model is built, and what a forward pass adds. */
async function fallbacksOf(layers: object[], inputShape: number[], optimizer = 'adam') {
  const config = configSchema.parse({
    data: { inline: { x: [[0]], y: [[0]] } },
    model: { layers: [...layers, { type: 'dense', units: 1, name: 'out' }] },
    training: { loss: 'meanSquaredError', optimizer: { type: optimizer } },
  });
  const built = await buildModel(config, { inputShape, outputUnits: 1 }, { configFile: '/x.json', seed: 1, trusted: false });
  const lines = () => built.fallbacks.takeNew().map(({ layer, reason }) => `${layer ?? '-'}: ${reason}`);
  const first = lines();
  const pass = () => tf.tidy(() => void built.model.apply(tf.ones([2, ...inputShape]), { training: true }));
  pass();
  const second = lines();
  pass();
  expect(lines()).toEqual([]);
  built.model.dispose();
  return [first, second];
}

const named = (type: string, more: object = {}) => ({ type, name: 'it', units: 4, ...more });

describe('what does not run on our kernels', () => {
  it.each<[object, string]>([
    [named('lstm', { recurrentDropout: 0.2 }), 'it: goes step by step: recurrentDropout'],
    [named('bidirectional', { units: undefined, layer: { type: 'gru', units: 4, dropout: 0.2 } }), 'it: goes step by step: dropout inside the layer'],
  ])('names %o', async (layer, line) => {
    expect(await fallbacksOf([JSON.parse(JSON.stringify(layer)) as object], [5, 3])).toEqual([[line], []]);
  }); // prettier-ignore

  it('names a mask when it is met', async () => {
    const layers = [{ type: 'embedding', inputDim: 5, outputDim: 4, maskZero: true }, named('lstm')];
    expect(await fallbacksOf(layers, [6])).toEqual([[], ['it: goes step by step: a mask (maskZero of the embedding before it)']]);
  });

  it('names the optimizer', async () => {
    expect(await fallbacksOf([], [3], 'adagrad')).toEqual([['-: adagrad updates in several passes; sgd, adam, adamw and rmsprop in one'], []]);
  }); // prettier-ignore

  it.each<object>([
    named('simpleRNN', { activation: 'relu' }),
    named('lstm', { units: 5, recurrentActivation: 'tanh' }),
    named('gru', { units: 7, activation: 'swish', recurrentActivation: 'softmax' }),
  ])('has nothing to say of any activation and any number of units: %o', async (layer) => {
    expect(await fallbacksOf([JSON.parse(JSON.stringify(layer)) as object], [5, 3])).toEqual([[], []]);
  });

  it.each(['prelu', 'thresholdedReLU', 'batchNormalization', 'layerNormalization'])('has nothing to say of %s', async (type) => {
    expect(await fallbacksOf([{ type }], [6])).toEqual([[], []]);
  });

  it('has nothing to say of timeDistributed and of an embedding before a gru', async () => {
    const layers = [{ type: 'embedding', inputDim: 5, outputDim: 4 }, { type: 'timeDistributed', layer: { type: 'dense', units: 3 } }, named('gru', { units: 64, recurrentActivation: 'sigmoid' })]; // prettier-ignore
    expect(await fallbacksOf(layers, [6])).toEqual([[], []]);
  });

  it('has nothing to say of what we compute, on sequences too', async () => {
    const layers = [{ type: 'conv1d', filters: 4, kernelSize: 2 }, { type: 'dense', units: 3 }, named('bidirectional', { units: undefined, layer: { type: 'lstm', units: 4 } })]; // prettier-ignore
    expect(await fallbacksOf(JSON.parse(JSON.stringify(layers)) as object[], [5, 3])).toEqual([[], []]);
  });
});
