import { describe, expect, it } from 'vitest';
import { ACTIVATIONS } from '../../../../src/config/layer-parts-schema.js';
import { LAYER_TYPES } from '../../../../src/config/layer-schema.js';
import { LOSSES } from '../../../../src/config/training-schema.js';
import { distance } from '../engine/gradient-check.js';
import { type NetCase, train } from './train-config.js';

/*
 * Every layer kind, activation, loss, penalty, constraint and initialiser trains on wasm and on cpu, from the same
 * weights to the same weights. Equal means to 1e-4 of 1 + |w|; there are no exceptions.
 */
const image = [6, 6, 2];
const sequence = [5, 3];
const out = { type: 'dense', units: 1 };
const flat = [{ type: 'flatten' }, out];
const tanh = { activation: 'tanh' };
const onImage = (...layers: object[]): NetCase => ({ inputShape: image, layers: [...layers, ...flat] });
const onSequence = (...layers: object[]): NetCase => ({ inputShape: sequence, layers: [...layers, out] });
const onRow = (...layers: object[]): NetCase => ({ inputShape: [6], layers: [{ type: 'dense', units: 8, ...tanh }, ...layers, out] });

const kinds: Record<string, NetCase> = {
  dense: onRow(),
  conv1d: onSequence({ type: 'conv1d', filters: 4, kernelSize: 3, padding: 'causal', dilationRate: 2, ...tanh }, { type: 'flatten' }),
  conv2d: onImage({ type: 'conv2d', filters: 3, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }, { type: 'conv2d', filters: 2, kernelSize: [2, 1] }),
  'conv2d dilated': onImage({ type: 'conv2d', filters: 3, kernelSize: 2, dilationRate: 2, ...tanh }),
  conv2dTranspose: onImage({ type: 'conv2dTranspose', filters: 2, kernelSize: 3, strides: 2, padding: 'same', ...tanh }),
  separableConv2d: onImage({ type: 'separableConv2d', filters: 3, kernelSize: 3, depthMultiplier: 2, ...tanh }),
  'conv2dTranspose, relu': onImage({ type: 'conv2dTranspose', filters: 2, kernelSize: 2, strides: 3, activation: 'relu' }),
  'separableConv2d dilated': onImage({ type: 'separableConv2d', filters: 3, kernelSize: 2, dilationRate: 2, activation: 'relu' }),
  depthwiseConv2d: onImage({ type: 'depthwiseConv2d', kernelSize: 3, depthMultiplier: 2, padding: 'same', ...tanh }),
  'depthwiseConv2d dilated': onImage({ type: 'depthwiseConv2d', kernelSize: 2, dilationRate: 2, ...tanh }),
  maxPooling1d: onSequence({ type: 'conv1d', filters: 4, kernelSize: 2 }, { type: 'maxPooling1d', poolSize: 2 }, { type: 'flatten' }),
  averagePooling1d: onSequence({ type: 'conv1d', filters: 4, kernelSize: 1 }, { type: 'averagePooling1d', poolSize: 2, padding: 'same' }, { type: 'flatten' }),
  maxPooling2d: onImage({ type: 'conv2d', filters: 3, kernelSize: 2 }, { type: 'maxPooling2d', poolSize: 3, strides: 2, padding: 'same' }),
  averagePooling2d: onImage({ type: 'conv2d', filters: 3, kernelSize: 2 }, { type: 'averagePooling2d', poolSize: 3, strides: 2, padding: 'same' }),
  globalAveragePooling1d: onSequence({ type: 'conv1d', filters: 4, kernelSize: 2, ...tanh }, { type: 'globalAveragePooling1d' }),
  globalMaxPooling1d: onSequence({ type: 'conv1d', filters: 4, kernelSize: 2, ...tanh }, { type: 'globalMaxPooling1d' }),
  globalAveragePooling2d: { inputShape: image, layers: [{ type: 'conv2d', filters: 3, kernelSize: 2, ...tanh }, { type: 'globalAveragePooling2d' }, out] },
  globalMaxPooling2d: { inputShape: image, layers: [{ type: 'conv2d', filters: 3, kernelSize: 2, ...tanh }, { type: 'globalMaxPooling2d' }, out] },
  flatten: onImage(),
  reshape: onRow({ type: 'reshape', targetShape: [2, 4] }, { type: 'simpleRNN', units: 2 }),
  permute: onSequence({ type: 'permute', dims: [2, 1] }, { type: 'dense', units: 2 }, { type: 'flatten' }),
  repeatVector: onRow({ type: 'repeatVector', n: 3 }, { type: 'simpleRNN', units: 2 }),
  dropout: onRow({ type: 'dropout', rate: 0.4 }),
  spatialDropout1d: onSequence({ type: 'conv1d', filters: 6, kernelSize: 1 }, { type: 'spatialDropout1d', rate: 0.4 }, { type: 'flatten' }),
  gaussianNoise: onRow({ type: 'gaussianNoise', stddev: 0.3 }),
  gaussianDropout: onRow({ type: 'gaussianDropout', rate: 0.3 }),
  alphaDropout: onRow({ type: 'alphaDropout', rate: 0.3 }),
  activation: onRow({ type: 'activation', activation: 'softsign' }),
  reLU: onRow({ type: 'reLU', maxValue: 0.5 }),
  leakyReLU: onRow({ type: 'leakyReLU', alpha: 0.2 }),
  elu: onRow({ type: 'elu' }),
  thresholdedReLU: onRow({ type: 'thresholdedReLU', theta: 0.1 }),
  prelu: onRow({ type: 'prelu', alphaInitializer: { type: 'constant', value: 0.25 } }),
  softmax: onRow({ type: 'softmax' }),
  batchNormalization: onRow({ type: 'batchNormalization' }),
  layerNormalization: onRow({ type: 'layerNormalization' }),
  embedding: { inputShape: [7], input: (u) => Math.floor((u + 1) * 10), layers: [{ type: 'embedding', inputDim: 20, outputDim: 4 }, ...flat] },
  'embedding masked': { inputShape: [7], input: (u) => Math.floor((u + 1) * 3), layers: [{ type: 'embedding', inputDim: 6, outputDim: 4, maskZero: true }, { type: 'lstm', units: 3 }, out] },
  simpleRNN: onSequence({ type: 'simpleRNN', units: 4, returnSequences: true }, { type: 'simpleRNN', units: 3, goBackwards: true }),
  lstm: onSequence({ type: 'lstm', units: 4, recurrentActivation: 'sigmoid' }),
  'lstm with dropout': onSequence({ type: 'lstm', units: 4, dropout: 0.3, recurrentDropout: 0.3 }),
  gru: onSequence({ type: 'gru', units: 4 }),
  'gru with dropout': onSequence({ type: 'gru', units: 4, dropout: 0.3, recurrentDropout: 0.3, unroll: true }),
  bidirectional: onSequence({ type: 'bidirectional', layer: { type: 'gru', units: 3, returnSequences: true } }, { type: 'bidirectional', layer: { type: 'lstm', units: 2 }, mergeMode: 'sum' }),
  timeDistributed: onSequence({ type: 'timeDistributed', layer: { type: 'dense', units: 4, ...tanh } }, { type: 'timeDistributed', layer: { type: 'dropout', rate: 0.3 } }, { type: 'flatten' }),
  upSampling2d: onImage({ type: 'conv2d', filters: 2, kernelSize: [3, 2] }, { type: 'upSampling2d', size: [2, 3] }),
  'upSampling2d bilinear': onImage({ type: 'conv2d', filters: 2, kernelSize: [3, 2] }, { type: 'upSampling2d', interpolation: 'bilinear' }),
  zeroPadding2d: onImage({ type: 'conv2d', filters: 2, kernelSize: 2 }, { type: 'zeroPadding2d', padding: [[1, 0], [0, 2]] }),
  cropping2d: onImage({ type: 'conv2d', filters: 2, kernelSize: 2 }, { type: 'cropping2d', cropping: [[1, 0], [0, 2]] }),
}; // prettier-ignore

const activations = Object.fromEntries(
  ACTIVATIONS.map((activation): [string, NetCase] => [
    activation,
    {
      inputShape: [6],
      layers: [
        { type: 'dense', units: 8, activation },
        { type: 'conv1d', filters: 1, kernelSize: 1 },
      ]
        .slice(0, 1)
        .concat(out as never),
    },
  ]),
);

const classes = (u: number): number => Math.floor((u + 1) * 1.5);
const losses: Record<string, NetCase> = {
  meanSquaredError: onRow(),
  meanAbsoluteError: { ...onRow(), loss: 'meanAbsoluteError' },
  huber: { ...onRow(), loss: 'huber', target: (u) => 3 * u },
  binaryCrossentropy: { inputShape: [6], layers: [{ type: 'dense', units: 1, activation: 'sigmoid' }], loss: 'binaryCrossentropy', target: (u) => Number(u > 0) },
  'binaryCrossentropy from logits': { inputShape: [6], layers: [out], loss: { type: 'binaryCrossentropy', fromLogits: true }, target: (u) => Number(u > 0) },
  categoricalCrossentropy: { inputShape: [6], layers: [{ type: 'dense', units: 3, activation: 'softmax' }], loss: 'categoricalCrossentropy', outputUnits: 3, target: (u) => Number(u > 0) },
  'categoricalCrossentropy from logits': { inputShape: [6], layers: [{ type: 'dense', units: 3 }], loss: { type: 'categoricalCrossentropy', fromLogits: true }, outputUnits: 3, target: (u) => Number(u > 0) },
  sparseCategoricalCrossentropy: { inputShape: [6], layers: [{ type: 'dense', units: 3, activation: 'softmax' }], loss: 'sparseCategoricalCrossentropy', outputUnits: 3, targetShape: [1], target: classes },
  'sparseCategoricalCrossentropy from logits': { inputShape: [6], layers: [{ type: 'dense', units: 3 }], loss: { type: 'sparseCategoricalCrossentropy', fromLogits: true }, outputUnits: 3, targetShape: [1], target: classes },
  hinge: { inputShape: [6], layers: [out], loss: 'hinge', target: (u) => Math.sign(u) },
  logCosh: { ...onRow(), loss: 'logCosh', target: (u) => 3 * u },
}; // prettier-ignore

const penalty = { l1: 0.02, l2: 0.03 };
const all = { kernelRegularizer: penalty, biasRegularizer: penalty };
const recurrent = { ...all, recurrentRegularizer: penalty };
const parts: Record<string, NetCase> = {
  'penalties of dense': onRow({ type: 'dense', units: 3, ...all }),
  'penalties of conv2d': onImage({ type: 'conv2d', filters: 2, kernelSize: 2, ...all }),
  'penalties of separableConv2d': onImage({ type: 'separableConv2d', filters: 2, kernelSize: 2, depthwiseRegularizer: penalty, pointwiseRegularizer: penalty }),
  'penalties of lstm': onSequence({ type: 'lstm', units: 3, ...recurrent }),
  'penalties of bidirectional': onSequence({ type: 'bidirectional', layer: { type: 'simpleRNN', units: 3, ...recurrent } }),
  'penalties of batchNormalization': onRow({ type: 'batchNormalization', gammaRegularizer: penalty, betaRegularizer: penalty }),
  'penalty of embedding': { inputShape: [7], input: (u) => Math.floor((u + 1) * 10), layers: [{ type: 'embedding', inputDim: 20, outputDim: 4, embeddingsRegularizer: penalty }, ...flat] },
  'model.regularization': { ...onRow({ type: 'dense', units: 3 }), regularization: penalty },
  'constraints': onRow({ type: 'dense', units: 3, kernelConstraint: { type: 'maxNorm', maxValue: 0.5 } }, { type: 'dense', units: 3, kernelConstraint: 'nonNeg' }, { type: 'dense', units: 3, kernelConstraint: 'unitNorm' }, { type: 'dense', units: 3, kernelConstraint: { type: 'minMaxNorm', minValue: 0.2, maxValue: 0.4, rate: 0.5 } }),
  'frozen layer': onRow({ type: 'dense', units: 3, trainable: false }),
}; // prettier-ignore

async function bothEnginesAgree(net: NetCase, engine: 'wasm' | 'tensorflow' = 'wasm'): Promise<void> {
  const cpu = await train(net, 'cpu');
  const other = await train(net, engine);
  expect(cpu.losses.every(Number.isFinite)).toBe(true);
  expect(distance(other.losses, cpu.losses)).toBeLessThan(1e-4);
  expect(other.weights.length).toBe(cpu.weights.length);
  other.weights.forEach((weight, i) => expect(distance(weight, cpu.weights[i] as number[])).toBeLessThan(1e-4));
  expect([cpu.drift, other.drift]).toEqual([0, 0]);
}

describe('wasm and cpu train the same', () => {
  it('covers every layer kind, activation and loss of the schema', () => {
    expect(Object.keys(kinds)).toEqual(expect.arrayContaining([...LAYER_TYPES]));
    expect(Object.keys(activations)).toEqual([...ACTIVATIONS]);
    expect(Object.keys(losses)).toEqual(expect.arrayContaining([...LOSSES]));
  });
  it.each(Object.entries(kinds))('layer %s', async (_, net) => bothEnginesAgree(net));
  it.each(Object.entries(activations))('activation %s', async (_, net) => bothEnginesAgree(net));
  it.each(Object.entries(losses))('loss %s', async (_, net) => bothEnginesAgree(net));
  it.each(Object.entries(parts))('%s', async (_, net) => bothEnginesAgree(net));
});

// Present only where the native engine is: what was not run is not counted as passed.
if (process.env['GRADWATCH_TENSORFLOW'] === undefined) {
  process.stderr.write('The native engine was NOT tested: set GRADWATCH_TENSORFLOW to a folder with @tensorflow/tfjs-node.\n');
} else {
  describe('tensorflow and cpu train the same', () => {
    it.each(Object.entries({ ...kinds, ...parts }))('%s', async (_, net) => bothEnginesAgree(net, 'tensorflow'));
    it.each(Object.entries(activations))('activation %s', async (_, net) => bothEnginesAgree(net, 'tensorflow'));
    it.each(Object.entries(losses))('loss %s', async (_, net) => bothEnginesAgree(net, 'tensorflow'));
  });
}
