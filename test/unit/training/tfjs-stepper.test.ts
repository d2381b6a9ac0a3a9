import { beforeAll, describe, expect, it } from 'vitest';
import { clipSchema, optimizerSchema, type OptimizerConfig } from '../../../src/config/training-schema.js';
import { selectEngine } from '../../../src/training/engine/select-engine.js';
import { ENGINE_UNDER_TEST } from './engine/engine-under-test.js';
import type { ProposeOptions } from '../../../src/training/stepper.js';
import { tf } from '../../../src/training/tf.js';
import { batchOf, smallNet, stepperFor, weightsOf } from './nets.js';

beforeAll(() => selectEngine(ENGINE_UNDER_TEST));

const batch = batchOf(16, 4);
const optimizers: [string, OptimizerConfig][] = [
  { type: 'sgd' },
  { type: 'sgd', momentum: 0.9 },
  { type: 'sgd', momentum: 0.9, nesterov: true },
  { type: 'adam' },
  { type: 'adamw' },
  { type: 'adamax' },
  { type: 'rmsprop', momentum: 0.5 },
  { type: 'rmsprop', centered: true, epsilon: 0.001 },
  { type: 'adagrad' },
  { type: 'adadelta' },
].map((config) => [JSON.stringify(config), optimizerSchema.parse(config)]);

describe('TfjsStepper', () => {
  it('makes the same update however closely it looks', () => {
    const outcome = (options: Pick<ProposeOptions, 'sample' | 'unwatched'>) => {
      const model = smallNet();
      const stepper = stepperFor(model, { optimizer: optimizerSchema.parse({ type: 'adam' }) });
      const proposals = [0, 1, 2].map((step) => {
        const proposal = stepper.propose(batch, { learningRate: 0.1, step, ...options });
        stepper.commit();
        return { norm: proposal.globalGradNorm, sampled: proposal.layers !== null };
      });
      const weights = weightsOf(model);
      stepper.dispose();
      return { proposals, weights };
    };
    const whole = outcome({ sample: true });
    const norms = outcome({ sample: false });
    expect(norms.weights).toEqual(whole.weights);
    expect(norms.proposals).toEqual(whole.proposals.map(({ norm }) => ({ norm, sampled: false })));
    const heard: number[] = [];
    const asked = outcome({
      sample: ({ globalGradNorm }) => {
        heard.push(globalGradNorm);
        return heard.length === 2;
      },
    });
    expect(asked.weights).toEqual(whole.weights);
    expect(heard).toEqual(whole.proposals.map(({ norm }) => norm));
    expect(asked.proposals.map(({ sampled }) => sampled)).toEqual([false, true, false]);
    const blind = outcome({ sample: false, unwatched: true });
    expect(blind.weights).toEqual(whole.weights);
    expect(blind.proposals).toEqual([0, 1, 2].map(() => ({ norm: NaN, sampled: false })));
  });

  it.each(optimizers)('discards a proposal bit for bit and leaves no tensor: %s', (_, optimizer) => {
    const run = (dry: boolean) => {
      const model = smallNet({ batchNorm: true });
      const stepper = stepperFor(model, { optimizer, clip: clipSchema.parse({ type: 'auto' }) });
      const losses: number[] = [];
      const counts: number[] = [];
      for (let step = 0; step < 6; step++) {
        if (dry) {
          const mark = stepper.checkpoint(step);
          stepper.propose(batchOf(16, 4, 99), { learningRate: 0.5, step, sample: true });
          stepper.trainingLoss(batch, step);
          stepper.evaluate(batch);
          stepper.discard();
          stepper.propose(batch, { learningRate: 0.3, step, sample: false });
          stepper.commit();
          stepper.restore(mark);
          mark.dispose();
          stepper.gradient(batch, step, { direction: new Float32Array(69).fill(1), scale: 0.1 });
        }
        losses.push(stepper.propose(batch, { learningRate: 0.05, step, sample: true }).loss);
        stepper.commit();
        counts.push(tf.memory().numTensors);
      }
      const weights = weightsOf(model);
      stepper.dispose();
      model.dispose();
      return { losses, weights, counts };
    };
    const plain = run(false);
    const dry = run(true);
    expect(dry.losses).toEqual(plain.losses);
    expect(dry.weights).toEqual(plain.weights);
    expect(new Set(plain.counts).size).toBe(1);
    expect(new Set(dry.counts).size).toBe(1);
    expect(new Set(plain.losses).size).toBe(6);
  });

  it('frees everything it made', () => {
    const run = () => {
      const model = smallNet();
      const stepper = stepperFor(model, { optimizer: optimizerSchema.parse({ type: 'sgd', momentum: 0.9 }) });
      stepper.propose(batch, { learningRate: 0.05, step: 0, sample: true });
      stepper.commit();
      stepper.signals(batch, 0);
      stepper.propose(batch, { learningRate: 0.05, step: 1, sample: true });
      stepper.dispose();
      model.dispose();
    };
    run();
    const before = tf.memory().numTensors;
    run();
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(optimizers)('uses the learning rate of each update: %s', (_, optimizer) => {
    const changes = [0.01, 0.02].map((learningRate) => {
      const model = smallNet();
      const before = weightsOf(model);
      const stepper = stepperFor(model, { optimizer: { ...optimizer, learningRate: 1 } });
      stepper.propose(batch, { learningRate: 0.005, step: 0, sample: false });
      stepper.discard();
      stepper.propose(batch, { learningRate, step: 0, sample: false });
      stepper.commit();
      return weightsOf(model).map((w, i) => w - (before[i] as number));
    });
    const norm = (values: number[] = []) => Math.hypot(...values);
    expect(norm(changes[1]) / norm(changes[0])).toBeCloseTo(2, 2);
  });

  it('reports what the gradient and the update are before they happen', () => {
    const model = smallNet();
    const before = weightsOf(model);
    const stepper = stepperFor(model, {
      optimizer: optimizerSchema.parse({ type: 'sgd' }),
      clip: clipSchema.parse({ type: 'globalNorm', threshold: 0.01 }),
    });
    const proposal = stepper.propose(batch, { learningRate: 0.5, step: 0, sample: true });
    stepper.commit();
    const update = weightsOf(model).map((w, i) => w - (before[i] as number));
    expect(proposal.clipped).toBe(true);
    expect(proposal.clippedGradNorm).toBe(0.01);
    expect(proposal.globalGradNorm).toBeGreaterThan(0.01);
    expect(Math.hypot(...update)).toBeCloseTo(0.005, 6);
    expect(proposal.updateRatio).toBeCloseTo(0.005 / Math.hypot(...before), 6);
    expect(proposal.predictedChange).toBeCloseTo(-0.5 * 0.01 * proposal.globalGradNorm, 6);
    expect(Math.hypot(...(proposal.layers ?? []).map((layer) => layer.gradNorm))).toBeCloseTo(proposal.globalGradNorm, 6);
    expect(proposal.layers?.[0]?.weightNorm).toBeCloseTo(Math.hypot(...before.slice(0, 40)), 5);
    expect(stepper.trainingLoss(batch, 0)).toBeLessThan(proposal.loss);
  });

  it('agrees with finite differences', () => {
    const model = smallNet({ batchNorm: true });
    const stepper = stepperFor(model);
    const gradient = stepper.gradient(batch, 0);
    const direction = Float32Array.from(gradient, (_, i) => (i % 3) - 1);
    const loss = (scale: number) => {
      const kept = weightsOf(model);
      let offset = 0;
      for (const weight of model.trainableWeights) {
        const value = weight.read() as tf.Variable;
        value.assign(tf.tidy(() => tf.add(value, tf.tensor(direction.subarray(offset, offset + value.size), value.shape).mul(scale))));
        offset += value.size;
      }
      const result = stepper.trainingLoss(batch, 0);
      let at = 0;
      for (const weight of model.getWeights()) (weight as tf.Variable).assign(tf.tensor(kept.slice(at, (at += weight.size)), weight.shape));
      return result;
    };
    const slope = (loss(1e-3) - loss(-1e-3)) / 2e-3;
    expect(gradient.reduce((sum, g, i) => sum + g * (direction[i] as number), 0)).toBeCloseTo(slope, 3);
  });

  it('does not hide what is not finite', () => {
    const model = smallNet();
    const stepper = stepperFor(model);
    expect(stepper.weightsAreFinite()).toBe(true);
    const proposal = stepper.propose(
      { ...batch, targets: batch.targets.map((_, i) => (i === 3 ? Infinity : 0)) },
      { learningRate: 1, step: 0, sample: true },
    );
    expect(proposal.globalGradNorm).not.toBeLessThan(Infinity);
    expect(proposal.layers?.[0]?.nonFinite).toBeGreaterThan(0);
    expect(stepper.weightsAreFinite()).toBe(false);
    expect(stepper.evaluate(batch).loss).toBeNaN();
    stepper.discard();
    expect(stepper.weightsAreFinite()).toBe(true);
  });

  it('says what every layer puts out', () => {
    const signals = stepperFor(smallNet({ batchNorm: true })).signals(batch, 0);
    expect(signals).toHaveLength(3);
    expect(signals[1]?.outputRms).toBeCloseTo(1, 2);
    expect(signals.map((signal) => signal.nonFiniteOutputs)).toEqual([0, 0, 0]);
  });
});
