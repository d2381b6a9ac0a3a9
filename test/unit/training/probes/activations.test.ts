import { beforeAll, describe, expect, it } from 'vitest';
import { optimizerSchema } from '../../../../src/config/training-schema.js';
import { BatchSource } from '../../../../src/training/batches.js';
import { selectEngine } from '../../../../src/training/engine/select-engine.js';
import { train } from '../../../../src/training/loop.js';
import { activationTaps, activityDue, activityOf } from '../../../../src/training/probes/activations.js';
import { Progress } from '../../../../src/training/progress.js';
import { createLearningRate } from '../../../../src/training/schedule.js';
import { tf } from '../../../../src/training/tf.js';
import { TfjsStepper } from '../../../../src/training/tfjs-stepper.js';
import { ENGINE_UNDER_TEST } from '../engine/engine-under-test.js';
import { RecordingHost } from '../loop-host.js';
import { build } from '../model/train-config.js';
import { batchOf, meanSquaredError } from '../nets.js';

beforeAll(() => selectEngine(ENGINE_UNDER_TEST));

describe('activityOf', () => {
  it('counts the units that are positive nowhere', () => {
    expect(activityOf('rectified', Float32Array.from([0, 1, 0, 0, 0, 2, 3, 0]), 4)).toEqual({ dead: 0.5 });
    expect(activityOf('rectified', Float32Array.from([NaN, 0]), 2)).toEqual({ dead: 0.5 });
  });
  it('counts the activations whose input is beyond 5', () => {
    const inputs = [-6, -5.1, -4.9, 0, 4.9, 5.1, 6, 60];
    const sigmoid = Float32Array.from(inputs, (x) => 1 / (1 + Math.exp(-x)));
    expect(activityOf('sigmoid', sigmoid, 8)).toEqual({ saturated: 5 / 8 });
    expect(activityOf('tanh', Float32Array.from(inputs, Math.tanh), 8)).toEqual({ saturated: 5 / 8 });
    expect(activityOf('tanh', Float32Array.from([NaN, 1]), 2)).toEqual({ saturated: 0.5 });
  });
});

describe('activationTaps', () => {
  it('gives an activation layer to the weights before it, and leaves out the output and the gates', () => {
    const layer = (name: string, type: string, parameters: number, activation?: string) => ({
      ...{ name, type, parameters, outputShape: [4] },
      ...(activation === undefined ? {} : { activation }),
    });
    const architecture = [
      layer('conv', 'conv2d', 9, 'linear'),
      layer('relu', 'reLU', 0),
      layer('gate', 'lstm', 9, 'tanh'),
      layer('hidden', 'dense', 9, 'sigmoid'),
      layer('out', 'dense', 9, 'sigmoid'),
    ];
    expect(activationTaps(architecture, architecture.filter(({ parameters }) => parameters > 0))).toEqual([
      { output: 'relu', owner: 0, kind: 'rectified' },
      { output: 'hidden', owner: 2, kind: 'sigmoid' },
    ]); // prettier-ignore
  });
});

it('looks at the first step, powers of two and every 128th, more often at risk', () => {
  const steps = (risk: number, every = 1) => {
    let last: number | null = null;
    const looks = (step: number) => step % every === 0 && activityDue(step, last, risk);
    return Array.from({ length: 300 }, (_, step) => step).filter((step) => (looks(step) ? (last = step) >= 0 : false));
  };
  expect(steps(0)).toEqual([0, 1, 2, 4, 8, 16, 32, 64, 128, 256]);
  expect(steps(0, 10)).toEqual([0, 10, 20, 40, 80, 160, 290]);
  expect(steps(0.5).length).toBe(4 + 19);
});

describe('a run that is looked at', () => {
  const rows = 40;
  async function run(watched: boolean) {
    const built = await build({
      inputShape: [4],
      layers: [
        { type: 'dense', units: 6, activation: 'relu', biasInitializer: { type: 'constant', value: -1e3 } },
        { type: 'dense', units: 6, activation: 'tanh', biasInitializer: { type: 'constant', value: 40 } },
        { type: 'batchNormalization' },
        { type: 'dropout', rate: 0.3 },
        { type: 'dense', units: 6, activation: 'relu' },
        { type: 'dense', units: 1 },
      ],
    });
    const optimizer = optimizerSchema.parse({ type: 'adam', learningRate: 0.01 });
    const stepper = new TfjsStepper({ built, loss: meanSquaredError, metrics: {}, optimizer, inputShape: [4], targetShape: [1] });
    if (!watched) stepper.activity = () => [];
    const data = batchOf(rows, 4);
    const batches = new BatchSource(
      { rows, inputShape: [4], inputs: data.inputs, targetShape: [1], targets: data.targets }, 8, true, 1,
    ); // prettier-ignore
    const host = new RecordingHost();
    const before = tf.memory().numTensors;
    const plan = { stepper, batches, learningRate: createLearningRate(optimizer, undefined), epochs: 4, steps: Infinity, every: 1 };
    await train(plan, host, new Progress());
    return { host, leaked: tf.memory().numTensors - before, weights: built.model.getWeights().map((w) => Array.from(w.dataSync())) };
  }

  it('is bit for bit the run it would have been, and tells the shares of each layer', async () => {
    const plain = await run(false);
    const watched = await run(true);
    expect(watched.weights).toEqual(plain.weights);
    expect(watched.leaked).toBe(plain.leaked);
    const without = (host: RecordingHost) =>
      host.frames.map((f) => ({ ...f, layers: f.layers.map(({ dead: _, saturated: __, ...rest }) => rest) }));
    expect(without(watched.host)).toEqual(without(plain.host));
    const first = watched.host.frames[0]?.layers.map(({ dead, saturated }) => ({ dead, saturated }));
    expect(first?.[0]).toEqual({ dead: 1, saturated: undefined });
    expect(first?.[1]).toEqual({ dead: undefined, saturated: 1 });
    expect(first?.[4]).toEqual({ dead: undefined, saturated: undefined });
    expect(watched.host.frames[3]?.layers[0]?.dead).toBeUndefined();
  });
});
