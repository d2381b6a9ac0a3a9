import { Fallbacks } from '../../../src/training/model/fallbacks.js';
import type { BuiltModel } from '../../../src/training/model/build-model.js';
import type { Batch } from '../../../src/training/stepper.js';
import { createRandom } from '../../../src/training/random.js';
import { tf } from '../../../src/training/tf.js';
import { TfjsStepper, type TfjsStepperParts } from '../../../src/training/tfjs-stepper.js';

/** Describes a hand-made model as buildModel describes those of configs. */
export function describeModel(model: tf.LayersModel): BuiltModel {
  const trained = model.layers.filter((layer) => layer.trainableWeights.length > 0);
  const info = (layer: tf.layers.Layer) => ({ name: layer.name, type: layer.getClassName(), parameters: layer.countParams() });
  return {
    model,
    architecture: model.layers.map((layer) => ({ ...info(layer), outputShape: (layer.outputShape as (number | null)[]).slice(1) })),
    layers: trained.map(info),
    variables: trained.flatMap((layer, i) => layer.trainableWeights.map((w) => ({ variable: w.read() as tf.Variable, layer: i }))),
    // These models have no noise layers: a clock nobody reads.
    noise: { step: 0, seed: 1 } as BuiltModel['noise'],
    fallbacks: new Fallbacks(),
    parameters: model.countParams(),
  };
}

/** 4-8-1, tanh, with batch norm between, so that running averages take part. */
export function smallNet(options: { batchNorm?: boolean } = {}): tf.LayersModel {
  const model = tf.sequential();
  const kernelInitializer = tf.initializers.glorotUniform({ seed: 3 });
  model.add(tf.layers.dense({ units: 8, inputShape: [4], activation: 'tanh', kernelInitializer }));
  if (options.batchNorm === true) model.add(tf.layers.batchNormalization());
  model.add(tf.layers.dense({ units: 1, kernelInitializer: tf.initializers.glorotUniform({ seed: 4 }) }));
  return model;
}

export const meanSquaredError = (targets: tf.Tensor, predictions: tf.Tensor): tf.Scalar => tf.mean(tf.square(tf.sub(predictions, targets)));

export function stepperFor(model: tf.LayersModel, parts: Partial<TfjsStepperParts> = {}): TfjsStepper {
  return new TfjsStepper({
    built: describeModel(model),
    loss: meanSquaredError,
    metrics: {},
    optimizer: { type: 'sgd', learningRate: 0.1, momentum: 0, nesterov: false },
    inputShape: (model.inputs[0]?.shape ?? []).slice(1) as number[],
    targetShape: (model.outputs[0]?.shape ?? []).slice(1) as number[],
    ...parts,
  });
}

/** Gaussian inputs; the target is the mean of each row's inputs plus a little curvature. */
export function batchOf(rows: number, inputs: number, seed = 1): Batch {
  const random = createRandom(seed, 'test');
  const x = Float32Array.from({ length: rows * inputs }, () => random.normal());
  const targets = Float32Array.from({ length: rows }, (_, r) => {
    const row = x.subarray(r * inputs, (r + 1) * inputs);
    return row.reduce((sum, value) => sum + value, 0) / inputs + Math.sin(row[0] as number);
  });
  return { rows, inputs: x, targets };
}

/** Every weight, trained or not. */
export function weightsOf(model: tf.LayersModel): number[] {
  return model.getWeights().flatMap((weight) => Array.from(weight.dataSync()));
}
