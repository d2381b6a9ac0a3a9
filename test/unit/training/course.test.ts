import { beforeAll, describe, expect, it } from 'vitest';
import { clipSchema, optimizerSchema, scheduleSchema, type OptimizerConfig } from '../../../src/config/training-schema.js';
import type { Frame } from '../../../src/telemetry/events.js';
import { BatchSource } from '../../../src/training/batches.js';
import type { Course, Moment, TrainingPlan } from '../../../src/training/course.js';
import { selectEngine } from '../../../src/training/engine/select-engine.js';
import { train, type Word } from '../../../src/training/loop.js';
import { Progress } from '../../../src/training/progress.js';
import { createLearningRate } from '../../../src/training/schedule.js';
import { tf } from '../../../src/training/tf.js';
import { ENGINE_UNDER_TEST } from './engine/engine-under-test.js';
import { RecordingHost } from './loop-host.js';
import { batchOf, smallNet, stepperFor, weightsOf } from './nets.js';

beforeAll(() => selectEngine(ENGINE_UNDER_TEST));

const ROWS = 22;
const schedule = scheduleSchema.parse({ type: 'reduceOnPlateau', patience: 1, factor: 0.5 });

function planFor(model: tf.LayersModel, optimizer: OptimizerConfig): TrainingPlan {
  const data = batchOf(ROWS, 4);
  const dataset = { rows: ROWS, inputShape: [4], inputs: data.inputs, targetShape: [1], targets: data.targets };
  const stepper = stepperFor(model, { optimizer, clip: clipSchema.parse({ type: 'auto' }) });
  const batches = new BatchSource(dataset, 8, true, 42);
  return { stepper, batches, learningRate: createLearningRate(optimizer, schedule), epochs: 30, steps: 40, every: 4, firstSteps: 6 };
}

/** Keeps the moment before step `at`, and goes back to it, once, before step `from`. */
class ReturningHost extends RecordingHost {
  private course: Course | null = null;
  private moment: Moment | null = null;
  returns = 0;

  constructor(
    private readonly at: number,
    private readonly from: number,
    private readonly whileHeld = false,
  ) {
    super({ verdict: (frame) => (whileHeld && frame.step === from && this.returns === 0 ? 'hold' : 'commit') });
  }

  begin(course: Course): void {
    this.course = course;
  }

  override async gate(step: number): Promise<Word> {
    if (step === this.at) this.moment ??= this.course?.capture() ?? null;
    if (step === this.from && !this.whileHeld && this.returns === 0) return this.goBack();
    return 'go';
  }

  override async hold(): Promise<Word> {
    return this.goBack();
  }

  private goBack(): Word {
    this.returns += 1;
    this.frames.splice(this.frames.findIndex((frame) => frame.step >= this.at));
    this.course?.rewind(this.moment as Moment);
    return 'rewound';
  }

  release(): void {
    this.moment?.weights.dispose();
  }
}

async function run(host: RecordingHost, optimizer: OptimizerConfig): Promise<{ frames: Frame[]; weights: number[]; progress: Progress }> {
  const model = smallNet({ batchNorm: true });
  const progress = new Progress();
  const plan = planFor(model, optimizer);
  await train(plan, host, progress);
  plan.stepper.dispose();
  return { frames: host.frames, weights: weightsOf(model), progress };
}

const optimizers = [
  { type: 'adam', learningRate: 0.05 },
  { type: 'rmsprop', momentum: 0.5, centered: true, epsilon: 0.001 },
].map((config) => optimizerSchema.parse(config));

describe('a training that goes back', () => {
  // Three batches an epoch: 15 is the first step of one, 16 is within one.
  it.each(optimizers)('goes on bit for bit as if it had never left: $type', async (optimizer) => {
    const plain = await run(new RecordingHost(), optimizer);
    for (const [at, from] of [[15, 29], [16, 18]] as const) {
      const host = new ReturningHost(at, from);
      const returned = await run(host, optimizer);
      host.release();
      expect(host.returns).toBe(1);
      expect(returned.frames).toEqual(plain.frames);
      expect(returned.weights).toEqual(plain.weights);
      expect(returned.progress.save()).toEqual(plain.progress.save());
    }
  }); // prettier-ignore

  it('goes back from an update that is held, which is never applied', async () => {
    const [optimizer] = optimizers as [OptimizerConfig];
    const plain = await run(new RecordingHost(), optimizer);
    const held = plain.frames.find((frame) => frame.step > 25)?.step ?? NaN;
    const host = new ReturningHost(20, held, true);
    const returned = await run(host, optimizer);
    host.release();
    expect(host.returns).toBe(1);
    expect(returned.frames).toEqual(plain.frames);
    expect(returned.weights).toEqual(plain.weights);
  });

  it('holds one set of weights, moments and averages for a moment, and none after it', async () => {
    const [adam] = optimizers as [OptimizerConfig];
    const memory = async (at: number) => {
      const host = new ReturningHost(at, Infinity);
      const before = tf.memory().numBytes;
      const model = smallNet({ batchNorm: true });
      const plan = planFor(model, adam);
      await train(plan, host, new Progress());
      const after = tf.memory().numBytes - before;
      host.release();
      const released = tf.memory().numBytes - before;
      plan.stepper.dispose();
      model.dispose();
      return { after, released };
    };
    await memory(Infinity);
    const without = await memory(Infinity);
    const kept = await memory(10);
    const trained = 4 * 8 + 8 + 2 * 8 + 8 + 1;
    expect(kept.after - without.after).toBe(4 * (3 * trained + 2 + 2 * 8));
    expect(kept.released).toBe(without.after);
  });
});
