import { configSchema, type Config } from '../../../../src/config/config-schema.js';
import { selectEngine } from '../../../../src/training/engine/select-engine.js';
import { buildModel, type BuiltModel } from '../../../../src/training/model/build-model.js';
import { createLoss } from '../../../../src/training/model/losses.js';
import { tf } from '../../../../src/training/tf.js';
import { noise } from '../engine/gradient-check.js';

export interface NetCase {
  inputShape: number[];
  layers: object[];
  loss?: unknown;
  outputUnits?: number;
  targetShape?: number[];
  regularization?: { l1?: number; l2?: number };
  /** Entry of the inputs, from a number in [-1, 1). */
  input?: (u: number) => number;
  target?: (u: number) => number;
}

export function configOf({ layers, loss = 'meanSquaredError', regularization }: NetCase): Config {
  return configSchema.parse({
    data: { inline: { x: [[0]], y: [[0]] } },
    model: { layers, regularization },
    training: { loss, optimizer: { type: 'sgd' } },
  });
}

export async function build(net: NetCase, seed = 5): Promise<BuiltModel> {
  const { inputShape, outputUnits = 1, targetShape } = net;
  return buildModel(
    configOf(net),
    { inputShape, outputUnits, targetShape },
    { configFile: '/nowhere/gradwatch.json', seed, trusted: false },
  );
}

export interface Trained {
  losses: number[];
  weights: number[][];
  /** Tensors more than before, after the model is gone. */
  drift: number;
}

/** Trains some steps of gradient descent on one batch of four rows, and gives back the losses and all weights. */
export async function train(net: NetCase, engine: 'cpu' | 'wasm' | 'tensorflow', steps = 5, learningRate = 0.05): Promise<Trained> {
  await selectEngine(engine);
  const { input = (u) => u, target = (u) => u, targetShape = [net.outputUnits ?? 1] } = net;
  const built = await build(net);
  const rows = 4;
  const size = (shape: number[]): number => rows * shape.reduce((a, b) => a * b, 1);
  const x = tf.tensor(noise(size(net.inputShape), 1).map(input), [rows, ...net.inputShape]);
  const y = tf.tensor(noise(size(targetShape), 2).map(target), [rows, ...targetShape]);
  const loss = createLoss(configOf(net).training.loss);
  const losses: number[] = [];
  let settled = 0;
  for (let step = 0; step < steps; step++) {
    losses.push(trainStep(built, x, y, loss, step, learningRate));
    if (step === 1) settled = tf.memory().numTensors;
  }
  const drift = tf.memory().numTensors - settled;
  const weights = built.model.getWeights().map((w) => Array.from(w.dataSync()));
  built.model.dispose();
  tf.dispose([x, y]);
  return { losses, weights, drift };
}

function trainStep(built: BuiltModel, x: tf.Tensor, y: tf.Tensor, loss: ReturnType<typeof createLoss>, step: number, rate: number): number {
  const { model, variables, noise: clock } = built;
  const list = variables.map(({ variable }) => variable);
  const { value, grads } = tf.variableGrads(() => {
    clock.step = step;
    const predictions = model.apply(x, { training: true }) as tf.Tensor;
    return model.calculateLosses().reduce<tf.Tensor>((sum, penalty) => tf.add(sum, penalty), loss(y, predictions)) as tf.Scalar;
  }, list);
  variables.forEach(({ variable, constraint }) => {
    tf.tidy(() => {
      const gradient = grads[variable.name];
      if (gradient === undefined) return;
      const next = tf.sub(variable, tf.mul(gradient, rate));
      variable.assign(constraint === undefined ? next : constraint(next));
    });
  });
  const result = value.dataSync()[0] as number;
  tf.dispose([value, grads]);
  return result;
}
