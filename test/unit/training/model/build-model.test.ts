import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/config/app-error.js';
import { configSchema } from '../../../../src/config/config-schema.js';
import { selectEngine } from '../../../../src/training/engine/select-engine.js';
import { buildModel } from '../../../../src/training/model/build-model.js';
import { tf } from '../../../../src/training/tf.js';
import { build, type NetCase, train } from './train-config.js';

let folder = '';
beforeAll(async () => {
  await selectEngine('wasm');
  // Below node_modules, so that the test runner leaves the import of modules to Node.
  folder = await mkdtemp(path.resolve('node_modules', '.gradwatch-model-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const weightsOf = (model: tf.LayersModel): number[][] => model.getWeights().map((w) => Array.from(w.dataSync()));

async function errorOf(work: Promise<unknown>): Promise<AppError> {
  try {
    await work;
  } catch (error) {
    if (AppError.is(error)) return error;
    throw error;
  }
  throw new Error('no error was thrown');
}

async function fromModel(model: object, trusted = true, seed = 5) {
  const config = configSchema.parse({
    data: { inline: { x: [[0]], y: [[0]] } },
    model,
    training: { loss: 'meanSquaredError', optimizer: { type: 'sgd' } },
  });
  return buildModel(config, { inputShape: [3], outputUnits: 1 }, { configFile: path.join(folder, 'gradwatch.json'), seed, trusted });
}

describe('the model of model.layers', () => {
  it('describes its layers, their weights and their place in the config', async () => {
    const built = await build({
      inputShape: [4],
      layers: [{ type: 'dense', units: 8, activation: 'relu' }, { type: 'dropout', rate: 0.5 }, { type: 'batchNormalization', name: 'norm' }, { type: 'dense', units: 1 }],
    }); // prettier-ignore
    expect(built.architecture).toEqual([
      { name: 'dense_1', type: 'dense', parameters: 40, outputShape: [8], activation: 'relu', configIndex: 0 },
      { name: 'dropout_1', type: 'dropout', parameters: 0, outputShape: [8], configIndex: 1 },
      { name: 'norm', type: 'batchNormalization', parameters: 16, outputShape: [8], configIndex: 2 },
      { name: 'dense_2', type: 'dense', parameters: 9, outputShape: [1], activation: 'linear', configIndex: 3 },
    ]);
    expect(built.layers).toEqual([
      { name: 'dense_1', type: 'dense', parameters: 40 },
      { name: 'norm', type: 'batchNormalization', parameters: 16 },
      { name: 'dense_2', type: 'dense', parameters: 9 },
    ]);
    expect(built.variables.map(({ variable, layer }) => [variable.size, layer])).toEqual([[32, 0], [8, 0], [8, 1], [8, 1], [8, 2], [1, 2]]); // prettier-ignore
    expect(built.variables.map(({ variable }) => variable.id)).toEqual(built.model.trainableWeights.map((w) => w.read().id));
    expect(built.parameters).toBe(81);
  });

  it('spreads the kernel of a dilated depthwise convolution, which TensorFlow.js forgets', async () => {
    const layer = { type: 'depthwiseConv2d', kernelSize: [3, 2], dilationRate: [2, 3] };
    const layers = [layer, { ...layer, padding: 'same', depthMultiplier: 2 }, { type: 'flatten' }, { type: 'dense', units: 1 }];
    const built = await build({ inputShape: [7, 6, 2], layers });
    expect(built.architecture.slice(0, 2).map(({ outputShape }) => outputShape)).toEqual([[3, 3, 2], [3, 3, 4]]); // prettier-ignore
    const y = built.model.predict(tf.ones([2, 7, 6, 2])) as tf.Tensor;
    expect(y.shape).toEqual([2, 1]);
    y.dispose();
    built.model.dispose();
  });

  it('has the same weights on every engine for one seed, others for another', async () => {
    const net: NetCase = {
      inputShape: [5, 3],
      layers: [
        { type: 'lstm', units: 4 },
        { type: 'dense', units: 1 },
      ],
    };
    const wasm = weightsOf((await build(net)).model);
    const other = weightsOf((await build(net, 6)).model);
    await selectEngine('cpu');
    const cpu = weightsOf((await build(net)).model);
    await selectEngine('wasm');
    expect(cpu).toEqual(wasm);
    expect(other[0]).not.toEqual(wasm[0]);
  });

  it('gives layers of one shape, and the two directions of a bidirectional one, different weights', async () => {
    const { model } = await build({
      inputShape: [5, 3],
      layers: [{ type: 'bidirectional', layer: { type: 'simpleRNN', units: 3 } }, { type: 'dense', units: 6 }, { type: 'dense', units: 6 }, { type: 'dense', units: 1 }],
    }); // prettier-ignore
    const weights = weightsOf(model).filter((w) => w.some((v) => v !== 0));
    expect(new Set(weights.map((w) => w.join())).size).toBe(weights.length);
    expect(weights.length).toBe(7);
  });

  it('starts recurrent kernels orthogonal and the forget gate at 1', async () => {
    const { model } = await build({
      inputShape: [5, 3],
      layers: [
        { type: 'lstm', units: 4 },
        { type: 'dense', units: 1 },
      ],
    });
    const [, kernel, bias] = model.getWeights() as [tf.Tensor, tf.Tensor2D, tf.Tensor];
    const product = Array.from(tf.matMul(kernel, kernel, false, true).dataSync());
    product.forEach((value, i) => expect(value).toBeCloseTo(i % 5 === 0 ? 1 : 0, 5));
    expect(Array.from(bias.dataSync())).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('counts the penalties of recurrent kernels', async () => {
    const net = (layer: object): NetCase => ({ inputShape: [5, 3], layers: [layer, { type: 'dense', units: 1 }] });
    const lstm = { type: 'lstm', units: 4, kernelRegularizer: { l1: 0, l2: 2 }, recurrentRegularizer: { l1: 0.5 } };
    for (const layer of [lstm, { type: 'bidirectional', layer: lstm }]) {
      const { model } = await build(net(layer));
      const total = model.calculateLosses().reduce((sum, loss) => sum + (loss.dataSync()[0] as number), 0);
      const kernels = weightsOf(model).filter((_, i) => i < 2 || (layer.type === 'bidirectional' && (i === 3 || i === 4)));
      const expected = kernels.reduce((sum, w, i) => sum + w.reduce((s, v) => s + (i % 2 === 0 ? 2 * v * v : 0.5 * Math.abs(v)), 0), 0);
      expect(total).toBeCloseTo(expected, 3);
    }
  });

  it('puts model.regularization on every kernel that has no penalty of its own', async () => {
    const { model } = await build({
      inputShape: [3],
      regularization: { l2: 1 },
      layers: [{ type: 'dense', units: 4 }, { type: 'dense', units: 1, kernelRegularizer: { l1: 0, l2: 0 } }],
    }); // prettier-ignore
    const total = model.calculateLosses().reduce((sum, loss) => sum + (loss.dataSync()[0] as number), 0);
    expect(total).toBeCloseTo(
      (weightsOf(model)[0] as number[]).reduce((sum, w) => sum + w * w, 0),
      4,
    );
  });

  it('hands out constraints for the loop to apply', async () => {
    const { variables } = await build({ inputShape: [3], layers: [{ type: 'dense', units: 1, kernelConstraint: 'nonNeg' }] });
    const constrained = variables.map(({ constraint }) =>
      constraint === undefined ? null : Array.from(constraint(tf.tensor1d([-1, 2])).dataSync()),
    );
    expect(constrained[0]?.map(Math.abs)).toEqual([0, 2]);
    expect(constrained[1]).toBeNull();
  });

  it('builds an LSTM of 128 units in well under a second of processor time', async () => {
    const start = process.cpuUsage();
    await build({
      inputShape: [10, 32],
      layers: [
        { type: 'lstm', units: 128 },
        { type: 'dense', units: 1 },
      ],
    });
    // Not of the clock: others may hold the machine.
    expect(process.cpuUsage(start).user).toBeLessThan(900_000);
  });

  it('trains the reference pipeline with its single softmax unit: the loss is constant', async () => {
    const net: NetCase = {
      inputShape: [10],
      layers: [{ type: 'dense', units: 1, activation: 'softmax', kernelRegularizer: { l1: 0.01 } }],
      loss: { type: 'sparseCategoricalCrossentropy', fromLogits: true },
      outputUnits: 2,
      targetShape: [1],
      target: (u) => Number(u > 0),
    };
    const { losses } = await train(net, 'wasm');
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(losses[4]).toBeLessThan(losses[0] as number);
  });
});

describe('noise', () => {
  const net: NetCase = {
    inputShape: [50],
    layers: [
      { type: 'dropout', rate: 0.5 },
      { type: 'dropout', rate: 0.5 },
      { type: 'dense', units: 1, kernelInitializer: 'ones' },
    ],
  };
  const masks = async (layers: object[], inputShape: number[], steps: number[]): Promise<string[]> => {
    const { model, noise } = await build({ inputShape, layers: [...layers, { type: 'flatten' }, { type: 'dense', units: 1 }] });
    return steps.map((step) => {
      noise.step = step;
      const inner = tf.model({
        inputs: model.inputs,
        outputs: (model.layers[layers.length] as tf.layers.Layer).output,
      });
      return Array.from((inner.apply(tf.ones([1, ...inputShape]), { training: true }) as tf.Tensor).dataSync()).join();
    });
  };

  it.each([
    ['dropout', { type: 'dropout', rate: 0.5 }, [40]],
    ['gaussianNoise', { type: 'gaussianNoise', stddev: 1 }, [40]],
    ['gaussianDropout', { type: 'gaussianDropout', rate: 0.5 }, [40]],
    ['alphaDropout', { type: 'alphaDropout', rate: 0.5 }, [40]],
    ['spatialDropout1d', { type: 'spatialDropout1d', rate: 0.5 }, [3, 40]],
    ['lstm dropout', { type: 'lstm', units: 6, dropout: 0.5, recurrentDropout: 0.5, recurrentActivation: 'sigmoid' }, [4, 20]],
    ['timeDistributed dropout', { type: 'timeDistributed', layer: { type: 'dropout', rate: 0.5 } }, [4, 20]],
  ])('%s: a step has its noise, the next step another', async (_, layer, inputShape) => {
    const [first, again, next] = await masks([layer], inputShape, [3, 3, 4]);
    expect(again).toBe(first);
    expect(next).not.toBe(first);
  });

  it('two layers do not share a mask: half, then a quarter of the values remain', async () => {
    const { model, noise } = await build(net);
    noise.step = 1;
    const kept = (index: number): number => {
      const inner = tf.model({ inputs: model.inputs, outputs: (model.layers[index] as tf.layers.Layer).output });
      return (inner.apply(tf.ones([40, 50]), { training: true }) as tf.Tensor).dataSync().filter((v) => v > 0).length / 2000;
    };
    expect(kept(1)).toBeCloseTo(0.5, 1);
    expect(kept(2)).toBeCloseTo(0.25, 1);
  });

  it('steps in time inside timeDistributed have masks of their own', async () => {
    const [mask = ''] = await masks([{ type: 'timeDistributed', layer: { type: 'dropout', rate: 0.5 } }], [2, 30], [1]);
    const values = mask.split(',');
    expect(values.slice(0, 30)).not.toEqual(values.slice(30));
  });

  it('is silent in evaluation', async () => {
    const { model } = await build(net);
    expect((model.apply(tf.ones([1, 50]), { training: false }) as tf.Tensor).dataSync()[0]).toBeCloseTo(50, 4);
  });
});

describe('errors name the layer, what came in, and what to do', () => {
  const shapes: [string, NetCase, (string | number)[], RegExp][] = [
    ['image layer on rows', { inputShape: [9], layers: [{ type: 'conv2d', filters: 2, kernelSize: 3 }] }, ['model', 'layers', 0], /reshape/],
    ['recurrent layer on rows', { inputShape: [9], layers: [{ type: 'lstm', units: 2 }] }, ['model', 'layers', 0], /reshape.*\[9, 1\]/],
    ['recurrent layer on images', { inputShape: [9, 9, 1], layers: [{ type: 'repeatVector', n: 2 }] }, ['model', 'layers', 0], /flatten/],
    ['last step only', { inputShape: [9, 2], layers: [{ type: 'lstm', units: 2 }, { type: 'gru', units: 2 }] }, ['model', 'layers', 1], /returnSequences.*lstm_1/],
    ['kernel larger than the image', { inputShape: [4, 4, 1], layers: [{ type: 'conv2d', filters: 2, kernelSize: 7 }] }, ['model', 'layers', 0], /smaller/],
    ['reshape', { inputShape: [8], layers: [{ type: 'reshape', targetShape: [3, 3] }] }, ['model', 'layers', 0, 'targetShape'], /multiply to 8/],
    ['permute', { inputShape: [8, 2], layers: [{ type: 'permute', dims: [1, 3] }] }, ['model', 'layers', 0, 'dims'], /1, 2/],
    ['inputShape', { inputShape: [8], layers: [{ type: 'dense', units: 1, inputShape: [9] }] }, ['model', 'layers', 0, 'inputShape'], /Remove/],
    ['output too wide', { inputShape: [8], layers: [{ type: 'dense', units: 3 }] }, ['model', 'layers', 0], /units to 1/],
    ['output not flat', { inputShape: [8, 2], layers: [{ type: 'dense', units: 1 }] }, ['model', 'layers', 0], /flatten/],
    ['too few classes', { inputShape: [8], layers: [{ type: 'dense', units: 2 }], loss: 'sparseCategoricalCrossentropy', outputUnits: 3 }, ['model', 'layers', 0], /units to 3/],
    ['inside timeDistributed', { inputShape: [8, 2], layers: [{ type: 'timeDistributed', layer: { type: 'conv2d', filters: 1, kernelSize: 1 } }] }, ['model', 'layers', 0, 'layer'], /reshape/],
  ]; // prettier-ignore
  it.each(shapes)('%s', async (_, net, at, action) => {
    const error = await errorOf(build(net));
    expect(error.code).toBe('shape-mismatch');
    expect(error.place.path).toEqual(at);
    expect(error.action).toMatch(action);
    expect(error.message).toMatch(/\[\d/);
  });

  it.each([
    [
      'two equal names',
      [
        { type: 'dense', units: 2, name: 'a' },
        { type: 'dense', units: 1, name: 'a' },
      ],
      ['model', 'layers', 1, 'name'],
    ],
    ['a name tfjs cannot take', [{ type: 'dense', units: 1, name: 'erste Schicht' }], ['model', 'layers', 0, 'name']],
    [
      'an argument tfjs refuses',
      [{ type: 'separableConv2d', filters: 1, kernelSize: 1, kernelRegularizer: { l2: 1 } }, { type: 'flatten' }],
      ['model', 'layers', 0],
    ],
    ['an initializer that does not fit', [{ type: 'dense', units: 1, kernelInitializer: 'identity' }], ['model', 'layers', 0]],
  ])('%s', async (_, layers, at) => {
    const inputShape = layers[0]?.type === 'separableConv2d' ? [1, 1, 2] : [3];
    const error = await errorOf(build({ inputShape, layers }));
    expect(error.code).toBe('model-invalid');
    expect(error.place.path).toEqual(at);
  });

  it('an index beyond the vocabulary', async () => {
    const { model } = await build({
      inputShape: [2],
      layers: [{ type: 'embedding', inputDim: 5, outputDim: 2 }, { type: 'flatten' }, { type: 'dense', units: 1 }],
    });
    const error = await errorOf(Promise.resolve().then(() => model.apply(tf.tensor2d([[1, 9]]))));
    expect(error.code).toBe('data-invalid');
    expect(error.action).toMatch(/at least 10/);
    expect(error.place.path).toEqual(['model', 'layers', 0, 'inputDim']);
  });
});

describe('models from elsewhere', () => {
  const keras = {
    class_name: 'Sequential',
    config: {
      name: 'sequential',
      layers: [
        {
          class_name: 'Dense',
          config: { name: 'hidden', units: 4, activation: 'tanh', use_bias: true, batch_input_shape: [null, 3], dtype: 'float32' },
        },
        { class_name: 'Dropout', config: { name: 'drop', rate: 0.5 } },
        { class_name: 'Dense', config: { name: 'out', units: 1, activation: 'linear', use_bias: true } },
      ],
    },
  };

  it.each([
    ['a Keras model.json', keras],
    ['a tfjs model.json', { modelTopology: keras, format: 'layers-model' }],
    ['a converted model.json', { modelTopology: { keras_version: '2.15', model_config: keras } }],
  ])('%s: its topology, weights by the seed', async (name, json) => {
    await writeFile(path.join(folder, 'model.json'), JSON.stringify(json));
    const built = await fromModel({ file: 'model.json' });
    expect(built.architecture.map(({ name, type, activation }) => [name, type, activation])).toEqual([
      ['hidden', 'dense', 'tanh'],
      ['drop', 'dropout', undefined],
      ['out', 'dense', 'linear'],
    ]);
    const again = await fromModel({ file: 'model.json' });
    const other = await fromModel({ file: 'model.json' }, true, 6);
    expect(weightsOf(again.model)).toEqual(weightsOf(built.model));
    expect(weightsOf(other.model)).not.toEqual(weightsOf(built.model));
    expect((weightsOf(built.model)[0] ?? []).some((w) => w !== 0)).toBe(true);
    expect(name).not.toBe('');
  });

  it('a tfjs model saved with its recurrent layers', async () => {
    const saved = tf.sequential({ layers: [tf.layers.reshape({ targetShape: [3, 1], inputShape: [3] }), tf.layers.lstm({ units: 2, recurrentInitializer: 'glorotUniform', kernelRegularizer: tf.regularizers.l2({ l2: 1 }) }), tf.layers.dense({ units: 1 })] }); // prettier-ignore
    await writeFile(path.join(folder, 'lstm.json'), JSON.stringify({ modelTopology: saved.toJSON(undefined, false) }));
    const { model, layers } = await fromModel({ file: 'lstm.json' });
    expect(layers.map(({ type, parameters }) => [type, parameters])).toEqual([['lstm', 32], ['dense', 3]]); // prettier-ignore
    const penalty = model.calculateLosses().reduce((sum, loss) => sum + (loss.dataSync()[0] as number), 0);
    expect(penalty).toBeCloseTo(
      (weightsOf(model)[0] as number[]).reduce((sum, w) => sum + w * w, 0),
      4,
    );
  });

  it('a module of a trusted workspace, its unseeded numbers seeded', async () => {
    const code =
      'export default (tf, { inputShape, outputUnits }) => tf.sequential({ layers: [tf.layers.dense({ units: 4, inputShape }), tf.layers.dense({ units: outputUnits })] });';
    await writeFile(path.join(folder, 'model.mjs'), code);
    const random = Math.random;
    const built = await fromModel({ module: './model.mjs' });
    const again = await fromModel({ module: './model.mjs' });
    expect(Math.random).toBe(random);
    expect(weightsOf(again.model)).toEqual(weightsOf(built.model));
    expect(built.layers.length).toBe(2);
    expect((await errorOf(fromModel({ module: './model.mjs' }, false))).code).toBe('untrusted');
  });

  it.each([
    ['missing.json', null],
    ['broken.json', '{'],
    ['other.json', '{"a":1}'],
    ['wide.json', JSON.stringify({ class_name: 'Sequential', config: [{ class_name: 'Nonsense', config: {} }] })],
  ])('%s is refused with the reason', async (file, text) => {
    if (text !== null) await writeFile(path.join(folder, file), text);
    const error = await errorOf(fromModel({ file }));
    expect(error.code).toBe('model-invalid');
    expect(error.place.path).toEqual(['model', 'file']);
  });

  it.each([
    ['throws', 'export default () => { throw new Error("no luck") };', /no luck/],
    ['returns', 'export default () => 3;', /LayersModel/],
    ['exports', 'export const model = 1;', /function/],
  ])('a module that %s wrongly', async (name, code, message) => {
    await writeFile(path.join(folder, `${name}.mjs`), code);
    const error = await errorOf(fromModel({ module: `./${name}.mjs` }));
    expect(error.code).toBe('model-invalid');
    expect(error.message).toMatch(message);
  });
});
