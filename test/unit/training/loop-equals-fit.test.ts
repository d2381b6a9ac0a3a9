import { describe, expect, it } from 'vitest';
import { optimizerSchema, type OptimizerConfig } from '../../../src/config/training-schema.js';
import { BatchSource } from '../../../src/training/batches.js';
import { selectEngine } from '../../../src/training/engine/select-engine.js';
import { train } from '../../../src/training/loop.js';
import { fuseLayer } from '../../../src/training/model/fuse-layers.js';
import { Progress } from '../../../src/training/progress.js';
import { createLearningRate } from '../../../src/training/schedule.js';
import { tf } from '../../../src/training/tf.js';
import { RecordingHost } from './loop-host.js';
import { batchOf, stepperFor, weightsOf } from './nets.js';

/** LayersModel.fit is the oracle: same initial weights, same batches, no shuffle. */
const EPOCHS = 3;
const ROWS = 22;
const BATCH = 8;
const seeded = (seed: number) => tf.initializers.glorotUniform({ seed });

const nets: Record<string, () => tf.Sequential> = {
  'dense with L1 and L2': () => {
    const model = tf.sequential();
    const kernelRegularizer = () => tf.regularizers.l1l2({ l1: 0.01, l2: 0.02 });
    model.add(
      tf.layers.dense({
        units: 9,
        inputShape: [16],
        activation: 'relu',
        kernelInitializer: seeded(1),
        kernelRegularizer: kernelRegularizer(),
      }),
    );
    model.add(tf.layers.dense({ units: 1, kernelInitializer: seeded(2), kernelRegularizer: kernelRegularizer() }));
    return model;
  },
  'batch norm': () => {
    const model = tf.sequential();
    // A bias before it has no gradient but rounding, which Adam would make steps of.
    model.add(tf.layers.dense({ units: 9, inputShape: [16], useBias: false, kernelInitializer: seeded(1) }));
    model.add(tf.layers.batchNormalization());
    model.add(tf.layers.activation({ activation: 'tanh' }));
    model.add(tf.layers.dense({ units: 1, kernelInitializer: seeded(2) }));
    return model;
  },
  'layer norm': () => {
    const model = tf.sequential();
    model.add(tf.layers.dense({ units: 9, inputShape: [16], kernelInitializer: seeded(1) }));
    model.add(tf.layers.layerNormalization());
    model.add(tf.layers.activation({ activation: 'tanh' }));
    model.add(tf.layers.dense({ units: 1, kernelInitializer: seeded(2) }));
    return model;
  },
  convolution: () => {
    const model = tf.sequential();
    model.add(tf.layers.reshape({ targetShape: [4, 4, 1], inputShape: [16] }));
    model.add(tf.layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same', activation: 'relu', kernelInitializer: seeded(1) }));
    model.add(tf.layers.maxPooling2d({ poolSize: 2 }));
    model.add(tf.layers.flatten());
    model.add(tf.layers.dense({ units: 1, kernelInitializer: seeded(2) }));
    return model;
  },
  recurrent: () => {
    const model = tf.sequential();
    model.add(tf.layers.reshape({ targetShape: [8, 2], inputShape: [16] }));
    model.add(tf.layers.lstm({ units: 4, kernelInitializer: seeded(1), recurrentInitializer: seeded(3) }));
    model.add(tf.layers.dense({ units: 1, kernelInitializer: seeded(2) }));
    return model;
  },
};

const optimizers: OptimizerConfig[] = [
  { type: 'sgd', learningRate: 0.05, momentum: 0.9 },
  { type: 'adam', learningRate: 0.01 },
].map((config) => optimizerSchema.parse(config));

function reference(optimizer: OptimizerConfig): tf.Optimizer {
  if (optimizer.type === 'sgd') return tf.train.momentum(optimizer.learningRate, optimizer.momentum);
  return tf.train.adam(optimizer.learningRate, 0.9, 0.999, 1e-7);
}

/** Our kernels sum up in another order than those of tfjs on wasm. */
const TOLERANCE = { cpu: 2e-6, wasm: 2e-5 } as const;

const cases = (['cpu', 'wasm'] as const).flatMap((engine) =>
  Object.keys(nets).flatMap((name) => optimizers.map((optimizer) => [name, optimizer.type, engine, optimizer] as const)),
);

describe('the training loop', () => {
  it.each(cases)('equals LayersModel.fit on %s with %s on %s', async (name, _, engine, optimizer) => {
    await selectEngine(engine);
    const tolerance = TOLERANCE[engine];
    const data = batchOf(ROWS, 16, 7);
    const fitted = (nets[name] as () => tf.Sequential)();
    fitted.compile({ optimizer: reference(optimizer), loss: 'meanSquaredError', metrics: ['mae'] });
    const x = tf.tensor(data.inputs, [ROWS, 16]);
    const y = tf.tensor(data.targets, [ROWS, 1]);
    const history = await fitted.fit(x, y, { epochs: EPOCHS, batchSize: BATCH, shuffle: false, verbose: 0 });

    const model = (nets[name] as () => tf.Sequential)();
    // As the builder of models does: on wasm whole layers are operations of ours.
    for (const layer of model.layers) fuseLayer(layer);
    const mae = (targets: tf.Tensor, predictions: tf.Tensor) =>
      tf.tidy(() => tf.mean(tf.abs(tf.sub(predictions, targets))).dataSync()[0] as number);
    const stepper = stepperFor(model, { optimizer, metrics: { mae } });
    const dataset = { rows: ROWS, inputShape: [16], inputs: data.inputs, targetShape: [1], targets: data.targets };
    const host = new RecordingHost();
    const plan = {
      stepper,
      batches: new BatchSource(dataset, BATCH, false, 1),
      learningRate: createLearningRate(optimizer, undefined),
      epochs: EPOCHS,
      steps: Infinity,
      every: 1,
    };
    await train(plan, host, new Progress());

    const losses = history.history['loss'] as number[];
    const maes = history.history['mae'] as number[];
    expect(host.epochs).toHaveLength(EPOCHS);
    host.epochs.forEach((epoch, i) => {
      expect(Math.abs(epoch.loss / (losses[i] as number) - 1)).toBeLessThan(tolerance);
      expect(Math.abs((epoch.metrics['mae'] as number) / (maes[i] as number) - 1)).toBeLessThan(tolerance);
    });
    const expected = weightsOf(fitted);
    weightsOf(model).forEach((weight, i) => expect(Math.abs(weight - (expected[i] as number))).toBeLessThan(tolerance));
    // The penalties belong to our evaluated loss, as in Keras; TensorFlow.js leaves them out.
    const [evaluated] = fitted.evaluate(x, y) as tf.Scalar[];
    const penalties = fitted.calculateLosses().map((penalty) => penalty.dataSync()[0] as number);
    const loss = penalties.reduce((sum, penalty) => sum + penalty, (evaluated as tf.Scalar).dataSync()[0] as number);
    expect(stepper.evaluate(data).loss).toBeCloseTo(loss, 5);
    expect(losses[EPOCHS - 1]).toBeLessThan(losses[0] as number);
  });
});
