import { beforeAll, describe, expect, it } from 'vitest';
import { optimizerSchema } from '../../../src/config/training-schema.js';
import { BatchSource } from '../../../src/training/batches.js';
import { selectEngine } from '../../../src/training/engine/select-engine.js';
import { ENGINE_UNDER_TEST } from './engine/engine-under-test.js';
import type { TrainingPlan } from '../../../src/training/course.js';
import { train, type Word } from '../../../src/training/loop.js';
import { runPreflight } from '../../../src/training/probes/preflight.js';
import { Progress } from '../../../src/training/progress.js';
import { createLearningRate } from '../../../src/training/schedule.js';
import { tf } from '../../../src/training/tf.js';
import { RecordingHost } from './loop-host.js';
import { build } from './model/train-config.js';
import { batchOf, smallNet, stepperFor, weightsOf } from './nets.js';

beforeAll(() => selectEngine(ENGINE_UNDER_TEST));

const sgd = optimizerSchema.parse({ type: 'sgd', learningRate: 0.05, momentum: 0.9 });
const ROWS = 22;

function planFor(model: tf.LayersModel, changes: Partial<TrainingPlan> = {}): TrainingPlan {
  const data = batchOf(ROWS, 4);
  const dataset = { rows: ROWS, inputShape: [4], inputs: data.inputs, targetShape: [1], targets: data.targets };
  const stepper = stepperFor(model, { optimizer: sgd });
  const batches = new BatchSource(dataset, 8, true, 42);
  return { stepper, batches, learningRate: createLearningRate(sgd, undefined), epochs: 3, steps: Infinity, every: 1, ...changes };
}

const go = async () => false;

/** Dropout and noise of our own, and running averages. */
const noisyNet = () =>
  build({
    inputShape: [4],
    layers: [
      { type: 'dense', units: 8, activation: 'tanh' },
      { type: 'dropout', rate: 0.3 },
      { type: 'batchNormalization' },
      { type: 'gaussianNoise', stddev: 0.1 },
      { type: 'dense', units: 1 },
    ],
  });

describe('train', () => {
  it('makes every update of every epoch and describes each before it is applied', async () => {
    const host = new RecordingHost();
    const progress = new Progress();
    const model = smallNet();
    expect(await train(planFor(model), host, progress)).toBe('finished');
    expect(host.frames.map((frame) => [frame.epoch, frame.step])).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2].map((epoch, step) => [epoch, step]));
    expect(host.epochs).toHaveLength(3);
    expect(progress.steps).toBe(9);
    expect(host.frames.filter((frame) => frame.overshoot !== null).map((frame) => frame.step)).toEqual([0, 1, 2, 3, 4, 8]);
    expect(progress.finalLoss(true)).toBeLessThan(host.frames[0]?.loss as number);
  });

  it('shuffles each epoch anew and sees every row once', () => {
    const { batches } = planFor(smallNet());
    const rows = (epoch: number) => [...batches.epoch(epoch)].flatMap((batch) => Array.from(batch.targets));
    expect(rows(0)).toEqual(rows(0));
    expect(rows(0)).not.toEqual(rows(1));
    expect([...rows(0)].sort()).toEqual([...rows(1)].sort());
    expect([...batches.epoch(0)].map((batch) => batch.rows)).toEqual([8, 8, 6]);
  });

  it('takes all rows where the batch asked for is larger', () => {
    const data = { rows: 3, inputShape: [1], inputs: new Float32Array(3), targetShape: [1], targets: new Float32Array(3) };
    expect(new BatchSource(data, 32, true, 1)).toMatchObject({ batchSize: 3, perEpoch: 1 });
  });

  it('stops at the limit of steps and when the host says so', async () => {
    const limited = new Progress();
    expect(await train(planFor(smallNet(), { steps: 4 }), new RecordingHost(), limited)).toBe('finished');
    expect(limited.steps).toBe(4);
    const stopped = new Progress();
    expect(await train(planFor(smallNet()), new RecordingHost({ stopAt: 2 }), stopped)).toBe('stopped');
    expect(stopped.steps).toBe(2);
  });

  it('never applies an update the host refuses', async () => {
    const model = smallNet();
    const progress = new Progress();
    const atTwo = new RecordingHost({ verdict: (frame) => (frame.step === 2 ? 'stop' : 'commit') });
    expect(await train(planFor(model), atTwo, progress)).toBe('trouble');
    const twoSteps = smallNet();
    await train(planFor(twoSteps, { steps: 2 }), new RecordingHost(), new Progress());
    expect(weightsOf(model)).toEqual(weightsOf(twoSteps));
    expect(progress.steps).toBe(2);
  });

  it('goes on after a hold as if nothing had happened', async () => {
    const plain = smallNet();
    const reference = new RecordingHost();
    await train(planFor(plain), reference, new Progress());
    const held = smallNet();
    const host = new RecordingHost({ verdict: (frame) => (frame.step === 4 ? 'hold' : 'commit') });
    await train(planFor(held), host, new Progress());
    expect(host.holds).toEqual([4]);
    expect(host.frames).toEqual(reference.frames);
    expect(weightsOf(held)).toEqual(weightsOf(plain));
    expect(await train(planFor(smallNet()), new RecordingHost({ verdict: () => 'hold', stopOnHold: true }), new Progress())).toBe(
      'stopped',
    );
  });

  it('has as many tensors after 1,000 steps as after 10', async () => {
    const alive = new Map<number, number>();
    class CountingHost extends RecordingHost {
      override async gate(step: number): Promise<Word> {
        alive.set(step, tf.memory().numTensors);
        return super.gate(step);
      }
    }
    const plan = planFor(smallNet({ batchNorm: true }), { every: 8, firstSteps: 100, epochs: 1000, steps: 1001 });
    await train(plan, new CountingHost(), new Progress());
    expect(alive.get(10)).toBeGreaterThan(0);
    expect(alive.get(1000)).toBe(alive.get(10));
  });

  it('samples every so many steps, but always a step that went wrong', async () => {
    const host = new RecordingHost();
    await train(planFor(smallNet(), { every: 4 }), host, new Progress());
    expect(host.frames.map((frame) => frame.step)).toEqual([0, 4, 8]);
    const broken = new RecordingHost();
    const plan = planFor(smallNet(), {
      every: 4,
      learningRate: { ...createLearningRate(sgd, undefined), at: (step) => (step === 4 ? Infinity : 0.01) },
    });
    await train(plan, broken, new Progress());
    expect(broken.frames.map((frame) => frame.step)).toEqual([0, 4, 5, 6, 7, 8]);
    expect(broken.frames.at(-1)?.loss).toBeNaN();
  });
});

describe('the probe of activations', () => {
  it('looks at steps that have a frame only', async () => {
    const plan = planFor(smallNet(), { every: 8, firstSteps: 3, epochs: 20 });
    const { stepper } = plan;
    const activity = stepper.activity.bind(stepper);
    const looked: number[] = [];
    stepper.activity = (batch, step) => {
      looked.push(step);
      return activity(batch, step);
    };
    const host = new RecordingHost();
    await train(plan, host, new Progress());
    expect(looked.length).toBeGreaterThan(2);
    expect(host.frames.map((frame) => frame.step)).toEqual(expect.arrayContaining(looked));
    expect(host.frames.length).toBeLessThan(60);
  });
});

describe('the pre-flight', () => {
  it('leaves the run bit for bit as it would have been', async () => {
    const plain = new RecordingHost();
    await train(planFor(smallNet({ batchNorm: true })), plain, new Progress());
    const host = new RecordingHost();
    const plan = planFor(smallNet({ batchNorm: true }));
    const tensors = tf.memory().numTensors;
    const report = await runPreflight(plan.stepper, [...plan.batches.epoch(0)], plan.learningRate, go);
    expect(tf.memory().numTensors).toBe(tensors);
    await train(plan, host, new Progress());
    expect(host.frames).toEqual(plain.frames);
    expect(report.dry.map((step) => step.lossBefore)).toEqual(plain.frames.slice(0, 3).map((frame) => frame.loss));
    expect(report.dry.map((step) => step.overshoot)).toEqual(plain.frames.slice(0, 3).map((frame) => frame.overshoot));
    expect(report.signal.map((layer) => layer.gradNorm > 0)).toEqual([true, true, true]);
    expect(report.sharpness).toBeGreaterThan(0);
  });

  it.each(['adam', 'rmsprop', 'adagrad'])(
    'leaves the moments of %s, the noise layers and the clip that learns as they would have been',
    async (type) => {
      const planOf = async (): Promise<TrainingPlan> => {
        const optimizer = optimizerSchema.parse({ type, learningRate: 0.05 });
        const clip = { type: 'auto', threshold: 2.5 } as const;
        const stepper = stepperFor(tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [4] })] }), {
          optimizer,
          clip,
          built: await noisyNet(),
        });
        return { ...planFor(smallNet()), stepper, learningRate: createLearningRate(optimizer, undefined) };
      };
      const plain = new RecordingHost();
      await train(await planOf(), plain, new Progress());
      const plan = await planOf();
      await runPreflight(plan.stepper, [...plan.batches.epoch(0)], plan.learningRate, go);
      const host = new RecordingHost();
      await train(plan, host, new Progress());
      expect(host.frames).toEqual(plain.frames);
      expect(host.frames[1]?.loss).not.toBe(host.frames[4]?.loss);
    },
  );

  it('finds the largest curvature of a line through x = 1..24: 409.9', async () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1], kernelInitializer: 'zeros' })] });
    const inputs = Float32Array.from({ length: 24 }, (_, i) => i + 1);
    const batch = { rows: 24, inputs, targets: inputs.map((x) => x + 2) };
    const rate = (value: number) => createLearningRate(optimizerSchema.parse({ type: 'sgd', learningRate: value }), undefined);
    const below = await runPreflight(stepperFor(model), [batch, batch, batch, batch], rate(0.0048), go);
    expect(below.sharpness).toBeCloseTo(409.9, 0);
    expect(below.dry.every((step) => step.overshoot < 1)).toBe(true);
    const above = await runPreflight(stepperFor(model), [batch, batch, batch, batch], rate(0.01), go);
    expect(above.dry[3]?.overshoot).toBeGreaterThan(1);
    expect(above.dry[0]?.rho).toBeLessThan(0);
  });
});
