import { mkdtempSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { configSchema } from '../../../../src/config/config-schema.js';
import { selectEngine } from '../../../../src/training/engine/select-engine.js';
import { buildModel } from '../../../../src/training/model/build-model.js';
import { saveModel } from '../../../../src/training/model/save-model.js';
import { tf } from '../../../../src/training/tf.js';
import { ENGINE_UNDER_TEST } from '../engine/engine-under-test.js';

beforeAll(() => selectEngine(ENGINE_UNDER_TEST));

const NETS: [string, number[], object[]][] = [
  ['dense', [4], [
    { type: 'dense', units: 6, activation: 'relu', kernelInitializer: 'heNormal', kernelRegularizer: { l1: 0.01, l2: 0 } },
    { type: 'batchNormalization' }, { type: 'dropout', rate: 0.2 },
    { type: 'dense', units: 1, kernelInitializer: { type: 'randomNormal', stddev: 0.5 } },
  ]],
  ['recurrent', [5, 3], [{ type: 'lstm', units: 4 }, { type: 'dense', units: 1, kernelInitializer: { type: 'constant', value: 0.1 } }]],
  ['convolutional', [6, 6, 1], [
    { type: 'conv2d', filters: 2, kernelSize: 3, kernelInitializer: 'glorotUniform' }, { type: 'flatten' }, { type: 'dense', units: 1 },
  ]],
]; // prettier-ignore

it.each(NETS)('a %s model that was saved is loaded by TensorFlow.js alone and predicts the same', async (name, inputShape, layers) => {
  const data = { generator: { name: 'regression' } };
  const config = configSchema.parse({ data, model: { layers }, training: { loss: 'meanSquaredError', optimizer: { type: 'sgd' } } });
  const { model } = await buildModel(config, { inputShape, outputUnits: 1 }, { configFile: '/x', seed: 7, trusted: true });
  const folder = path.join(mkdtempSync(path.join(tmpdir(), `save-${name}-`)), 'healthy');
  const file = await saveModel(model, folder);
  expect(file).toBe(path.join(folder, 'model.json'));

  const text = await readFile(file, 'utf8');
  expect(text).not.toContain('Gradwatch');
  const { modelTopology, weightsManifest, format } = JSON.parse(text) as tf.io.ModelJSON;
  expect(format).toBe('layers-model');
  const bytes = await readFile(path.join(folder, weightsManifest[0]?.paths[0] ?? ''));
  const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const loaded = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs: weightsManifest[0]?.weights, weightData }));
  const x = tf.randomNormal([3, ...inputShape], 0, 1, 'float32', 1);
  const weights = (net: tf.LayersModel) => net.getWeights().map((weight) => Array.from(weight.dataSync()));
  expect(weights(loaded)).toEqual(weights(model));
  const predictions = (net: tf.LayersModel) => Array.from((net.predict(x) as tf.Tensor).dataSync());
  // Our kernels round otherwise than those of TensorFlow.js.
  predictions(model).forEach((value, i) => expect(predictions(loaded)[i]).toBeCloseTo(value, 6));
  expect(predictions(model).every((value) => Math.abs(value) > 1e-4)).toBe(true);
});
